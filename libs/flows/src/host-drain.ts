import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppError,
  PROOF_SERVICE,
  type HostStatus,
  type InputOf,
  type Instance,
  type Operation,
} from '@diecast/model';
import { defineOperation, type StepContext } from '@diecast/operations';
import { fateAfterMove, type Fate } from '@diecast/planning';
import { discontinueMachine, runChild } from './children.js';
import { eachAtMost } from './each-at-most.js';
import type { FlowServices } from './services.js';
import { leftOfMachines } from './what-is-left.js';

type Input = InputOf<'host.drain'>;
type State = {
  readonly host: string;
  readonly former: HostStatus;
  readonly migrated: number;
  readonly replaced: number;
};
type Context = StepContext<Input, State>;

/** Moves at a time: more would only share the host's link, and all take longer. */
const AT_ONCE = 2;
const LOOK_EVERY_MS = 1_000;

const succeeded = (children: readonly Operation[], kind: Operation['kind']): number =>
  children.filter((child) => child.kind === kind && child.status === 'succeeded').length;

const stillOn = async ({ store }: FlowServices, id: string, host: string): Promise<Instance | undefined> =>
  (await store.instances.reserved({ host })).find((instance) => instance.id === id);

/** A machine that proves an image belongs to no service and ends by itself. */
async function waitUntilGone(services: FlowServices, id: string, { input, signal }: Context): Promise<void> {
  for (;;) {
    const seen = await services.store.events.latestId();
    if ((await stillOn(services, id, input.name)) === undefined) return;
    await services.store.events.wait(1_000, signal, seen);
    signal.throwIfAborted();
  }
}

/** One in standby is worth something only where it is: paused, it cannot move. */
const isNotWorthMoving = ({ status }: Instance): boolean => status === 'failed' || status === 'standby';

/** Away with one machine: moved if it can, else cast anew elsewhere. @throws AppError when it can do neither */
async function evict(services: FlowServices, instance: Instance, context: Context): Promise<void> {
  if (instance.service === PROOF_SERVICE) return waitUntilGone(services, instance.id, context);
  const { id } = instance;
  const resources = [{ type: 'instance' as const, id }];
  if (isNotWorthMoving(instance)) return discontinueMachine(context, id);
  const move = await runChild(context, {
    kind: 'instance.migrate',
    input: { instanceId: id, host: null },
    resources,
    key: `migrate:${id}`,
  });
  let last = move;
  let fate = await fateOf(services, id, move, context);
  if (fate === 'discontinue') return discontinueMachine(context, id);
  if (fate === 'replace') {
    const replacementId = randomUUID();
    last = await runChild(context, {
      kind: 'instance.replace',
      input: { instanceId: id, replacementId, host: null },
      resources: [...resources, { type: 'instance', id: replacementId }],
      key: `replace:${id}`,
    });
    fate = await fateOf(services, id, last, context);
    if (fate === 'discontinue') return discontinueMachine(context, id);
  }
  if (fate === 'left') return;
  const { code, message = `its ${last.kind} ended ${last.status}` } = last.error ?? {};
  throw new AppError(
    code === 'no_capacity' ? 'no_capacity' : 'in_use',
    `Host ${context.input.name} cannot be emptied of instance ${id}: ${message}`,
    { details: { ...last.error?.details, instances: [id], move: move.error }, retry: 'never' },
  );
}

async function fateOf(
  services: FlowServices,
  id: string,
  { kind, status, error }: Operation,
  { input }: Context,
): Promise<Fate | 'left' | 'discontinue'> {
  const here = await stillOn(services, id, input.name);
  if (here === undefined) return 'left';
  // Parked or failed while its move waited for its turn.
  if (isNotWorthMoving(here)) return 'discontinue';
  const mayBeReplaced = kind === 'instance.migrate' && here.restoredFrom === null;
  return fateAfterMove({ cancelled: status === 'cancelled', error: error?.code ?? null, mayBeReplaced });
}

/**
 * Empties a host for good reasons of its own: no machine is placed on it any more, every one that is there moves while it
 * runs, what cannot move is replaced elsewhere, and what waits in standby ends. When one can do neither, or it is
 * cancelled, the host is again what it was; what has moved stays where it is.
 */
export const hostDrain = defineOperation<FlowServices, Input, State>({
  kind: 'host.drain',
  steps: [
    {
      // Before anything is changed: who finds the host draining cannot tell what it was.
      name: 'look',
      async run({ store }, { input }) {
        const { status } = await store.hosts.require(input.name);
        if (status === 'unreachable' || status === 'fenced')
          throw new AppError(
            'conflict',
            `Host ${input.name} is ${status}; only one that answers is drained.`,
          );
        // One that is draining already was left so by an operation that was given up.
        return { host: input.name, former: status === 'draining' ? 'cordoned' : status };
      },
      undo: { none: 'looking changes nothing' },
    },
    {
      name: 'close',
      async run({ store }, { input }) {
        await store.hosts.setStatus(input.name, 'draining', null);
      },
      async undo({ store }, { input, state }) {
        const { status } = await store.hosts.require(input.name);
        if (status === 'draining') await store.hosts.setStatus(input.name, state.former ?? 'ready', null);
      },
    },
    {
      name: 'empty',
      deadlineSeconds: 86_400,
      attempts: 1,
      async run(services, context) {
        const { store } = services;
        const { input, operationId, progress, signal } = context;
        const children = () => store.journal.children(operationId);
        let done = (await children()).filter((child) => child.status === 'succeeded').length;
        for (;;) {
          const here = await store.instances.reserved({ host: input.name });
          // Nobody else is sent here any more, but one may still be on its way.
          const expected = (await store.instances.load()).some(({ host }) => host === input.name);
          if (!expected) break;
          if (here.length === 0) await sleep(LOOK_EVERY_MS, undefined, { signal });
          const total = done + here.length;
          const tell = (): void =>
            progress({
              percent: Math.floor((done * 100) / total),
              message: `${done} of ${total} moved`,
              data: { moved: done, total },
            });
          tell();
          await eachAtMost(AT_ONCE, here, async (instance) => {
            signal.throwIfAborted();
            await evict(services, instance, context);
            done += 1;
            tell();
          });
        }
        const ended = await children();
        return {
          migrated: succeeded(ended, 'instance.migrate'),
          replaced: succeeded(ended, 'instance.replace'),
        };
      },
      undo: { none: 'what has moved runs as well where it is' },
    },
    {
      name: 'cordon',
      async run({ store }, { input }) {
        const { status } = await store.hosts.require(input.name);
        if (status === 'draining') await store.hosts.setStatus(input.name, 'cordoned', 'It was drained.');
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ host, migrated, replaced }) => ({
    host: host ?? null,
    migrated: migrated ?? null,
    replaced: replaced ?? null,
  }),
  async leaves(services, { input }) {
    const { status } = await services.store.hosts.require(input.name);
    const here = await services.store.instances.reserved({ host: input.name });
    const machines = await leftOfMachines(
      services,
      here.map(({ id }) => id),
    );
    return [{ what: `the status ${status}`, where: `host ${input.name}` }, ...machines];
  },
});
