import { AppError, isInstanceLive, type InputOf } from '@diecast/model';
import { defineOperation, type StepContext } from '@diecast/operations';
import { discontinueMachine, requireSuccess, runChild } from './children.js';
import type { FlowServices } from './services.js';
import { leftOfMachines } from './what-is-left.js';

type Input = InputOf<'instance.replace'>;
type State = { readonly instanceId: string; readonly replacementId: string; readonly host: string | null };

const TRAFFIC_WITHIN_MS = 120_000;

/** The old one goes only when requests can go to the new one. */
async function waitForTraffic(
  { store }: FlowServices,
  { input, signal, progress }: StepContext<Input, State>,
): Promise<void> {
  const deadline = performance.now() + TRAFFIC_WITHIN_MS;
  for (;;) {
    const seen = await store.events.latestId();
    const { id, inTraffic, service, iteration } = await store.instances.require(input.replacementId);
    const { spec } = await store.services.iteration(service, iteration);
    if (inTraffic || spec.traffic.provider === 'none') return;
    if (performance.now() > deadline)
      throw new AppError(
        'unhealthy',
        `Instance ${id} was not taken into the traffic of ${spec.traffic.backend} within ${TRAFFIC_WITHIN_MS / 1000} s.`,
        { retry: 'never' },
      );
    progress({ percent: 60, message: `waiting for ${id} to be taken into traffic` });
    await store.events.wait(1_000, signal, seen);
    signal.throwIfAborted();
  }
}

/** Casts another machine of the same iteration, then ends the old one. Until the new one serves, the old one stays as it is. */
export const instanceReplace = defineOperation<FlowServices, Input, State>({
  kind: 'instance.replace',
  pivot: 'retire',
  steps: [
    {
      name: 'check',
      async run({ store }, { input }) {
        const { id, status, restoredFrom } = await store.instances.require(input.instanceId);
        if (!isInstanceLive(status))
          throw new AppError('conflict', `Instance ${id} is ${status}; there is nothing to replace.`);
        if (status === 'standby')
          throw new AppError('conflict', `Instance ${id} is standby; it serves nobody who needs another.`);
        if (restoredFrom !== null)
          throw new AppError(
            'conflict',
            `Instance ${id} was restored from snapshot ${restoredFrom}; what it holds cannot be cast again. Discontinue it, or restore the snapshot once more.`,
          );
        return { instanceId: id, replacementId: input.replacementId };
      },
      undo: { none: 'looking changes nothing' },
    },
    {
      name: 'cast',
      deadlineSeconds: 7200,
      async run(services, context) {
        const { input, progress } = context;
        const { service, iteration } = await services.store.instances.require(input.instanceId);
        const { replacementId: instanceId, host } = input;
        progress({ percent: 10, message: `casting ${instanceId}` });
        const child = await runChild(context, {
          kind: 'instance.create',
          input: { instanceId, service, iteration, host },
          resources: [{ type: 'instance', id: instanceId }],
          key: 'cast',
        });
        requireSuccess(child);
        return { host: (await services.store.instances.require(instanceId)).host };
      },
      async undo({ store }, context) {
        const { replacementId: instanceId } = context.input;
        const made = await store.instances.find(instanceId);
        if (made === undefined || !isInstanceLive(made.status)) return;
        await discontinueMachine(context, instanceId, 'withdraw');
      },
    },
    {
      name: 'serve',
      run: waitForTraffic,
      undo: { none: 'waiting changes nothing' },
    },
    {
      name: 'retire',
      deadlineSeconds: 7200,
      async run(_services, context) {
        const { instanceId } = context.input;
        context.progress({ percent: 80, message: `discontinuing ${instanceId}` });
        await discontinueMachine(context, instanceId, 'retire');
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ instanceId, replacementId, host }) => ({
    instanceId: instanceId ?? null,
    replacementId: replacementId ?? null,
    host: host ?? null,
  }),
  leaves: (services, { input }) => leftOfMachines(services, [input.instanceId, input.replacementId]),
});
