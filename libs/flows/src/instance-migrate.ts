import { AppError, blobFileName, layerFileName, type Host } from '@diecast/model';
import { defineOperation, type StepContext } from '@diecast/operations';
import { chooseHost } from './choose-host.js';
import { ensureImage } from './ensure-blob.js';
import type { FlowServices } from './services.js';

type Input = {
  readonly instanceId: string;
  /** Null: the best one that is not where it is. */
  readonly host: string | null;
  readonly bandwidthMiBps?: number;
  readonly downtimeMs?: number;
};
type State = {
  readonly from: string;
  readonly host: string;
  readonly downtimeMs: number;
  readonly totalMs: number;
  readonly transferredBytes: number;
};
type Context = StepContext<Input, State>;

async function read({ store }: Pick<FlowServices, 'store'>, instanceId: string) {
  const instance = await store.instances.require(instanceId);
  const { spec } = await store.services.iteration(instance.service, instance.iteration);
  const { manifest, sizeBytes } = await store.images.resolve(spec.image);
  return { instance, spec, manifest, sizeBytes };
}

/** The address by which the source's libvirtd dials the target's, in a peer-to-peer migration. */
function dialOf({ uri, migrationUri }: Host): { readonly migrationUri: string; readonly address: string } {
  const url = new URL(migrationUri ?? uri);
  return { migrationUri: migrationUri ?? `qemu+tls://${url.hostname}/system`, address: url.hostname };
}

/** Takes the layer away from the host that the machine is not on. */
async function removeLayer(
  { store, hypervisors }: FlowServices,
  hostName: string,
  name: string,
): Promise<void> {
  const host = await store.hosts.require(hostName);
  await hypervisors.at(host).files.deleteFile(name);
  await store.hostFiles.remove(hostName, name);
}

/** Undo while nothing has moved: what the target was given goes; what the source has stays. */
async function clearTarget(services: FlowServices, { input, state }: Context): Promise<void> {
  if (state.host === undefined) return;
  const target = await services.store.hosts.require(state.host);
  const there = await services.hypervisors.at(target).machines.findMachine(input.instanceId);
  if (there !== undefined)
    throw new AppError('busy', `Machine ${input.instanceId} is still on ${state.host}.`);
  const { activeLayer } = await services.store.instances.require(input.instanceId);
  await removeLayer(services, state.host, activeLayer ?? layerFileName(input.instanceId));
}

/**
 * Moves a running machine. Where it is at the end is found by looking at both hosts, never concluded from how the call ended:
 * a peer-to-peer migration goes on when we die. It ends moved, or still safely where it was.
 */
export const instanceMigrate = defineOperation<FlowServices, Input, State>({
  kind: 'instance.migrate',
  locks: ({ instanceId }) => [`instance:${instanceId}`],
  steps: [
    {
      name: 'choose',
      async run({ store, hypervisors }, { input }) {
        const { instance, spec, sizeBytes } = await read({ store }, input.instanceId);
        if (instance.host === null || instance.status !== 'available')
          throw new AppError(
            'conflict',
            `Instance ${instance.id} is ${instance.status}; only an available one migrates.`,
          );
        if (input.host === instance.host)
          throw new AppError('conflict', `Instance ${instance.id} is on host ${instance.host} already.`);
        const avoid = [instance.host];
        const wish = { only: input.host, avoid, diskBytes: sizeBytes };
        const host = await chooseHost(store, instance.service, spec, wish);
        const [source, target] = await Promise.all([
          store.hosts.require(instance.host),
          store.hosts.require(host),
        ]);
        const cpu = await hypervisors.at(source).machines.readMachineCpu(instance.id);
        const accelerator = target.facts?.accelerator ?? 'tcg';
        if (source.facts?.accelerator !== accelerator)
          throw new AppError(
            'incompatible',
            `Host ${host} runs ${accelerator}, and ${instance.host} does not.`,
          );
        if (
          cpu !== undefined &&
          (await hypervisors.at(target).machines.compareCpu(cpu, accelerator)) === 'incompatible'
        )
          throw new AppError(
            'incompatible',
            `The CPU of host ${host} lacks what instance ${instance.id} uses.`,
          );
        return { from: instance.host, host };
      },
      undo: { none: 'choosing changes nothing' },
    },
    {
      name: 'prepare',
      deadlineSeconds: 1800,
      async run(services, { input, need, signal, progress }) {
        const { store, hypervisors } = services;
        const { instance, manifest } = await read(services, input.instanceId);
        const source = await store.hosts.require(need('from'));
        const target = await store.hosts.require(need('host'));
        const base = blobFileName(manifest.disk.digest);
        // Frozen layers belong to snapshots and stay: what the machine needs of them is pulled into its own layer first.
        await hypervisors.at(source).snapshots.flattenOnto(instance.id, base, { signal });
        progress({ percent: 5, message: `image to host ${target.name}` });
        await ensureImage(services, target, manifest, { signal });
        const name = instance.activeLayer ?? layerFileName(instance.id);
        const { virtualSize, format } = manifest.disk;
        const file = { host: target.name, name, kind: 'layer' as const, sizeBytes: virtualSize };
        await store.hostFiles.begin({ ...file, backing: base, owner: instance.id });
        await hypervisors
          .at(target)
          .files.createLayer({ name, virtualSize, backing: { name: base, format } }, { signal });
        await store.hostFiles.recordPresent(target.name, name, virtualSize);
      },
      undo: clearTarget,
    },
    {
      name: 'move',
      deadlineSeconds: 3600,
      attempts: 1,
      async run({ store, hypervisors }, { input, need, signal, progress, checkLease }) {
        const [source, target] = await Promise.all([
          store.hosts.require(need('from')),
          store.hosts.require(need('host')),
        ]);
        const there = await hypervisors.at(target).machines.findMachine(input.instanceId);
        if (there?.state !== 'running') {
          await checkLease();
          const { bandwidthMiBps, downtimeMs } = input;
          const limits = {
            ...(bandwidthMiBps === undefined ? {} : { bandwidthMiBps }),
            ...(downtimeMs === undefined ? {} : { downtimeMs }),
          };
          const wanted = { ...dialOf(target), ...limits };
          await hypervisors
            .at(source)
            .migrations.migrate(input.instanceId, wanted, { signal, onProgress: progress });
        }
        const figures = await hypervisors.at(target).migrations.readCompletedMigration(input.instanceId);
        return figures ?? { downtimeMs: 0, totalMs: 0, transferredBytes: 0 };
      },
      undo: { none: 'a migration that failed or was cancelled leaves the machine at the source' },
    },
    {
      name: 'settle',
      async run(services, { input, need }) {
        const { store, hypervisors } = services;
        const target = await store.hosts.require(need('host'));
        const instance = await store.instances.require(input.instanceId);
        const generation = instance.host === target.name ? instance.generation : instance.generation + 1;
        await hypervisors.at(target).machines.updateGeneration(instance.id, generation);
        await store.instances.update(instance.id, { host: target.name, generation });
        await removeLayer(services, need('from'), instance.activeLayer ?? layerFileName(instance.id));
      },
      undo: { none: 'the last step' },
    },
  ],
  pivot: 'settle',
  result: ({ host, downtimeMs, totalMs, transferredBytes }) => ({
    host: host ?? null,
    downtimeMs: downtimeMs ?? null,
    totalMs: totalMs ?? null,
    transferredBytes: transferredBytes ?? null,
  }),
});
