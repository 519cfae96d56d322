import { AppError, isInstanceLive, type Host, type InputOf, type Snapshot } from '@diecast/model';
import { defineOperation, type StepContext } from '@diecast/operations';
import { planLayerRemoval, type LayerRemoval } from '@diecast/planning';
import { flattenMachine } from './flatten-machine.js';
import { layersOfHost } from './layers-of-host.js';
import { removeFile } from './remove-machine.js';
import type { FlowServices } from './services.js';
import { leftOfSnapshot } from './what-is-left.js';

type Input = InputOf<'snapshot.delete'>;
type State = { readonly former: 'ready' | 'failed'; readonly host: string };
type Watch = Pick<StepContext<Input, State>, 'signal' | 'progress'>;

/** A plan changes when a machine on the host ends, moves or is frozen meanwhile; more often than this it does not. */
const LOOKS = 10;

/** Machines leave what is to go, until none stands on it. @throws AppError `in_use` naming one that cannot */
async function vacate(
  services: FlowServices,
  host: Host,
  snapshot: Snapshot,
  watch: Watch,
): Promise<LayerRemoval> {
  for (let look = 0; look < LOOKS; look += 1) {
    const plan = planLayerRemoval(snapshot.id, await layersOfHost(services, host.name));
    const [first] = plan.flatten;
    if (first === undefined) return plan;
    if (plan.busy.length > 0)
      throw new AppError('busy', `A snapshot is being taken of machine ${plan.busy.join(', ')}.`);
    await flatten(services, host, first, watch).catch(async (error: unknown) => {
      // It may have ended or moved while its layers were merged, and then it stands on nothing here.
      const again = planLayerRemoval(snapshot.id, await layersOfHost(services, host.name));
      if (again.flatten.some(({ instanceId }) => instanceId === first.instanceId)) throw error;
    });
  }
  throw new AppError('busy', `Machines on host ${host.name} keep changing; snapshot ${snapshot.id} waits.`);
}

async function flatten(
  services: FlowServices,
  host: Host,
  { instanceId, onto }: LayerRemoval['flatten'][number],
  { signal, progress }: Watch,
): Promise<void> {
  const { store, hypervisors } = services;
  if ((await hypervisors.at(host).machines.findMachine(instanceId, { signal })) === undefined) {
    const instance = await store.instances.find(instanceId);
    const known = instance !== undefined && isInstanceLive(instance.status) ? instance.status : 'gone';
    throw new AppError(
      'in_use',
      `Machine ${instanceId} (${known}) has a disk on host ${host.name} that stands on this snapshot, and does not run; discontinue it first.`,
      { details: { instances: [instanceId] } },
    );
  }
  await flattenMachine(services, host, instanceId, onto, { signal, onProgress: progress });
}

/** One at a time on a host: what one deletion leaves to a snapshot, that one's own deletion must see. */
const alone = <T>({ store }: FlowServices, host: string, work: () => Promise<T>): Promise<T> =>
  store.exclusively(`snapshots/${host}`, work);

/**
 * Removes what a snapshot made. Machines that stand on its layers, its own and those restored from it, take over what they
 * need of them while they run. A layer that another snapshot stands on stays, as that one's.
 */
export const snapshotDelete = defineOperation<FlowServices, Input, State>({
  kind: 'snapshot.delete',
  pivot: 'remove',
  steps: [
    {
      name: 'claim',
      async run({ store }, { input, state }) {
        const { id, status, layer, host } = await store.snapshots.require(input.snapshotId);
        // Nobody is at work on it, for this operation has its lock: its making was abandoned.
        if (status === 'creating') await store.snapshots.setStatus(id, 'failed', 'Its making was abandoned.');
        await store.snapshots.setStatus(id, 'deleting', null);
        return { host, former: state.former ?? (layer === null ? 'failed' : 'ready') };
      },
      async undo({ store }, { input, state }) {
        const { id, status, layer } = await store.snapshots.require(input.snapshotId);
        if (status !== 'deleting') return;
        const former = state.former ?? (layer === null ? 'failed' : 'ready');
        await store.snapshots.setStatus(id, former, 'It could not be deleted.');
      },
    },
    {
      name: 'merge',
      burdens: ({ host }) => [host],
      deadlineSeconds: 1800,
      attempts: 10,
      async run(services, { input, signal, progress }) {
        const snapshot = await services.store.snapshots.require(input.snapshotId);
        const host = await services.store.hosts.find(snapshot.host);
        if (host === undefined) return;
        const watch = { signal, progress };
        await alone(services, host.name, () => vacate(services, host, snapshot, watch));
      },
      undo: { none: 'a machine with all it needs in its own layer is none the worse' },
    },
    {
      name: 'remove',
      burdens: ({ host }) => [host],
      deadlineSeconds: 1800,
      async run(services, { input, signal, progress, checkLease }) {
        const { store } = services;
        const snapshot = await store.snapshots.require(input.snapshotId);
        const host = await store.hosts.find(snapshot.host);
        // With the host its files went out of sight; nothing is left to remove.
        if (host !== undefined)
          await alone(services, host.name, async () => {
            const plan = await vacate(services, host, snapshot, { signal, progress });
            await checkLease();
            for (const { name, to } of plan.handOver) await store.hostFiles.recordOwner(host.name, name, to);
            for (const name of plan.remove) await removeFile(services, host, name, signal);
            const rest = await store.hostFiles.byOwner(snapshot.id);
            for (const { kind, name } of rest)
              if (kind === 'memory') await removeFile(services, host, name, signal);
          });
        await store.snapshots.setStatus(snapshot.id, 'deleted', null);
      },
      undo: { none: 'the last step' },
    },
  ],
  leaves: (services, { input }) => leftOfSnapshot(services, input.snapshotId),
});
