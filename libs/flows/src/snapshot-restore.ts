import { AppError, type InputOf, type Snapshot } from '@diecast/model';
import { defineOperation } from '@diecast/operations';
import { castingSteps, type CastState } from './cast-machine.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = InputOf<'snapshot.restore'>;

/** @throws AppError `conflict` naming the state that forbids it, `image_revoked` */
async function requireRestorable({ store }: FlowServices, id: string): Promise<Snapshot> {
  const snapshot = await store.snapshots.require(id);
  if (snapshot.status !== 'ready')
    throw new AppError(
      'conflict',
      `Snapshot ${id} is ${snapshot.status}; a machine is restored from a ready one only.`,
    );
  const service = await store.services.require(snapshot.service);
  if (service.status !== 'active')
    throw new AppError('conflict', `Service ${service.name} is ${service.status}; it gets no more machines.`);
  const { spec } = await store.services.iteration(snapshot.service, snapshot.iteration);
  const image = await store.images.resolve(spec.image);
  if (image.status === 'revoked')
    throw new AppError('image_revoked', `Image ${image.digest} of snapshot ${id} was revoked.`);
  return snapshot;
}

/**
 * A new machine from a snapshot, on the host that has its files: with its memory it goes on where the other stood, without
 * it boots the disk. It belongs to whoever asked for it, and never counts as one of the service's replicas.
 */
export const snapshotRestore = defineOperation<FlowServices, Input, CastState>({
  kind: 'snapshot.restore',
  steps: [
    ...castingSteps<Input>(
      ({ input }) => input.instanceId,
      async (services, { input }) => {
        const snapshot = await requireRestorable(services, input.snapshotId);
        const { service, iteration, host } = snapshot;
        const { spec } = await services.store.services.iteration(service, iteration);
        return { instanceId: input.instanceId, service, iteration, spec, host, snapshot };
      },
    ),
    {
      name: 'admit',
      async run({ store }, { input }) {
        await store.instances.setStatus(input.instanceId, 'available', null);
        await store.instances.update(input.instanceId, { healthy: true, availableAt: new Date() });
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ host }, { instanceId }) => ({ instanceId, host: host ?? null }),
  leaves: (services, { input }) => leftOfMachine(services, input.instanceId),
});
