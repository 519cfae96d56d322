import {
  AppError,
  PROOF_SERVICE,
  type Accelerator,
  type Digest,
  type HealthSpec,
  type Image,
  type InputOf,
  type IterationSpec,
} from '@diecast/model';
import { defineOperation } from '@diecast/operations';
import { castingSteps, type CastState } from './cast-machine.js';
import { removeFromHost } from './remove-blobs.js';
import { removeMachine } from './remove-machine.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = InputOf<'image.prove'>;
type State = CastState & { readonly digest: Digest; readonly accelerator: Accelerator };

/** Nobody is to miss what runs in it. */
const NO_GRACE_MS = 0;

/** @throws AppError `image_revoked`, and `conflict` for one that is not whole yet, or not any more */
export function requireProvable({ digest, status }: Pick<Image, 'digest' | 'status'>): void {
  if (status === 'revoked') throw new AppError('image_revoked', `Image ${digest} was revoked.`);
  if (status === 'importing' || status === 'deleting')
    throw new AppError('conflict', `Image ${digest} is ${status}; a candidate can be proven.`);
}

const specOf = ({ digest, machine, network, health }: Input): IterationSpec => ({
  image: digest,
  machine,
  network,
  health,
  userData: {},
  traffic: { provider: 'none', backend: PROOF_SERVICE, port: 0 },
  sandbox: { profile: 'default' },
});

/** As the evidence keeps it: `http :80/healthz is 200`. */
const describeCheck = (health: HealthSpec): string => {
  switch (health.kind) {
    case 'http': {
      const text = health.bodyContains === undefined ? '' : ` with ${JSON.stringify(health.bodyContains)}`;
      return `${health.scheme ?? 'http'} :${health.port}${health.path} is ${health.status}${text}`;
    }
    case 'tcp':
      return `tcp :${health.port} accepts`;
    case 'agent':
      return health.command === undefined
        ? 'the guest agent answers'
        : `${health.command.join(' ')} ends with 0`;
  }
};

/**
 * Boots an image once, to see whether it becomes healthy. The machine has the id of the operation, so that it explains itself and
 * needs no memory of ours to be found. It is taken away before the proof is recorded: a proof is whole, and has left nothing, or
 * it is none. The blobs of a proven image stay on the host, which is sure to be asked for it; those of one that failed go.
 */
export const imageProve = defineOperation<FlowServices, Input, State>({
  kind: 'image.prove',
  steps: [
    {
      name: 'check',
      async run({ store }, { input }) {
        requireProvable(await store.images.resolve(input.digest));
        return { digest: input.digest };
      },
      async undo(services, { input, state, signal }) {
        const image = await services.store.images.find(input.digest);
        if (state.host === undefined || image?.status !== 'candidate') return;
        await removeFromHost(services, await services.store.hosts.require(state.host), image, signal);
      },
    },
    ...castingSteps<Input>(
      ({ operationId }) => operationId,
      async (_, { input, operationId }) => ({
        instanceId: operationId,
        service: PROOF_SERVICE,
        iteration: 0,
        spec: specOf(input),
        host: input.host,
      }),
    ),
    {
      name: 'clear',
      async run(services, { operationId, need, signal, checkLease }) {
        const host = await services.store.hosts.require(need('host'));
        await checkLease();
        await removeMachine(services, host, { id: operationId }, NO_GRACE_MS, signal);
        await services.store.instances.setStatus(operationId, 'discontinued', 'It has proven its image.');
        await services.store.instances.release(operationId);
      },
      undo: { none: 'what is gone need not be undone' },
    },
    {
      name: 'record',
      async run({ store }, { input, operationId, need }) {
        requireProvable(await store.images.resolve(input.digest));
        const host = await store.hosts.require(need('host'));
        const accelerator = host.facts?.accelerator ?? 'tcg';
        await store.images.recordProof(input.digest, {
          host: host.name,
          accelerator,
          bootedAt: need('startedAt'),
          healthyAfterSeconds: need('seconds'),
          check: describeCheck(input.health),
          operationId,
        });
        return { accelerator };
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ digest, host, accelerator, seconds }) => ({
    digest: digest ?? null,
    host: host ?? null,
    accelerator: accelerator ?? null,
    healthyAfterSeconds: seconds ?? null,
  }),
  leaves: (services, { operationId }) => leftOfMachine(services, operationId),
});
