import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppError,
  formatBytes,
  layerFileName,
  memoryFileName,
  MIB,
  type Host,
  type InputOf,
  type Snapshot,
} from '@diecast/model';
import type { Hypervisor } from '@diecast/hypervisor';
import { defineOperation, type StepContext } from '@diecast/operations';
import { flattenMachine } from './flatten-machine.js';
import { removeFile } from './remove-machine.js';
import type { FlowServices } from './services.js';
import { leftOfMachine, leftOfSnapshot } from './what-is-left.js';

type Input = InputOf<'instance.snapshot'>;
type State = {
  readonly snapshotId: string;
  readonly host: string;
  /** The layer that the machine writes to until the snapshot freezes it. */
  readonly frozen: string;
} & Pick<Snapshot, 'pauseMilliseconds' | 'quiesce' | 'sizeBytes'>;
type Context = StepContext<Input, State>;

/** What a memory file has beside the memory: device state, description, page tables of the stream. */
const MEMORY_FILE_OVERHEAD_BYTES = 32 * MIB;
const LOOK_EVERY_MS = 500;

const newLayerOf = ({ instanceId, snapshotId }: Input): string => layerFileName(instanceId, snapshotId);
const memoryOf = ({ withMemory, snapshotId }: Input): string | null =>
  withMemory ? memoryFileName(snapshotId) : null;

async function requireRoom(on: Hypervisor, neededBytes: number, signal: AbortSignal): Promise<void> {
  const { poolAvailableBytes } = await on.readRoom({ signal });
  if (poolAvailableBytes >= neededBytes) return;
  throw new AppError(
    'no_space',
    `Host ${on.host} has ${formatBytes(poolAvailableBytes)} free in its pool; the memory of the machine needs up to ${formatBytes(neededBytes)}.`,
    { details: { host: on.host, availableBytes: poolAvailableBytes, neededBytes }, retry: 'never' },
  );
}

/** libvirt goes on when the worker that asked has died: two snapshots at once it would refuse. */
async function waitForEarlierAttempt(on: Hypervisor, { input, signal }: Context): Promise<void> {
  if (input.quiesce) await on.guests.thawFileSystems(input.instanceId, { signal });
  while ((await on.migrations.readMigration(input.instanceId, { signal })) !== undefined)
    await sleep(LOOK_EVERY_MS, undefined, { signal });
}

/** As if it had never been asked for, whether or not the host has taken it already. */
async function withdraw(services: FlowServices, { input, state, signal }: Context): Promise<void> {
  const { store, hypervisors } = services;
  if (state.host === undefined) return;
  const host = await store.hosts.require(state.host);
  const newLayer = newLayerOf(input);
  const machine = await hypervisors.at(host).machines.findMachine(input.instanceId, { signal });
  const chain = machine?.diskChain ?? [];
  if (chain[0] === newLayer && state.frozen !== undefined) {
    // Taken all the same: the machine keeps the new layer, and what was frozen goes once all of it is in there.
    const below = chain[chain.indexOf(state.frozen) + 1];
    if (chain.includes(state.frozen) && below !== undefined)
      await flattenMachine(services, host, input.instanceId, below, { signal });
    const size = (await store.hostFiles.find(host.name, newLayer))?.sizeBytes;
    if (size !== undefined) await store.hostFiles.recordPresent(host.name, newLayer, size);
    await store.instances.update(input.instanceId, { activeLayer: newLayer });
    await removeFile(services, host, state.frozen);
  } else {
    await removeFile(services, host, newLayer);
  }
  const memory = memoryOf(input);
  if (memory !== null) await removeFile(services, host, memory);
}

async function sizeOf(on: Hypervisor, names: readonly (string | null)[]): Promise<number> {
  let bytes = 0;
  for (const name of names) bytes += (name && (await on.files.findFile(name))?.allocationBytes) || 0;
  return bytes;
}

/**
 * Freezes the disk of a running machine, with its memory if wanted, while it runs on in a new layer. Every file has its row
 * before it is there. Whether the one call on the host had its effect is seen in the machine's disk chain, because libvirt
 * switches to the new layer last, when the memory is written.
 */
export const instanceSnapshot = defineOperation<FlowServices, Input, State>({
  kind: 'instance.snapshot',
  pivot: 'keep',
  steps: [
    {
      name: 'check',
      async run({ store, hypervisors }, { input, signal }) {
        const instance = await store.instances.require(input.instanceId);
        if (instance.status !== 'available' || instance.host === null)
          throw new AppError(
            'conflict',
            `Instance ${instance.id} is ${instance.status}; a snapshot is taken of an available one only.`,
          );
        const service = await store.services.require(instance.service);
        if (service.status !== 'active')
          throw new AppError(
            'conflict',
            `Service ${service.name} is ${service.status}; no more snapshots are taken of its machines.`,
          );
        const host = await store.hosts.require(instance.host);
        const on = hypervisors.at(host);
        const machine = await on.machines.findMachine(instance.id, { signal });
        const [frozen] = machine?.diskChain ?? [];
        if (machine?.state !== 'running' || frozen === undefined)
          throw new AppError(
            'conflict',
            `Machine ${instance.id} is ${machine?.state ?? 'not there'} on host ${host.name}; a snapshot is taken of a running one only.`,
          );
        const { spec } = await store.services.iteration(instance.service, instance.iteration);
        const memoryBytes = spec.machine.memoryMiB * MIB + MEMORY_FILE_OVERHEAD_BYTES;
        if (input.withMemory) await requireRoom(on, memoryBytes, signal);
        await insert({ store }, input, { ...instance, host: host.name });
        return { host: host.name, frozen };
      },
      async undo({ store }, { input }) {
        const snapshot = await store.snapshots.find(input.snapshotId);
        if (snapshot?.status !== 'creating' || snapshot.instanceId !== input.instanceId) return;
        await store.snapshots.setStatus(input.snapshotId, 'failed', 'It was not taken.');
      },
    },
    {
      name: 'record',
      async run({ store }, { input, need }) {
        const { instanceId, snapshotId } = input;
        const [host, frozen, memory] = [need('host'), need('frozen'), memoryOf(input)];
        const sizeBytes = (await store.hostFiles.find(host, frozen))?.sizeBytes ?? 0;
        const layer = { host, name: newLayerOf(input), kind: 'layer' as const, sizeBytes };
        await store.hostFiles.begin({ ...layer, backing: frozen, owner: instanceId });
        if (memory === null) return;
        const file = { host, name: memory, kind: 'memory' as const, sizeBytes: 0 };
        await store.hostFiles.begin({ ...file, backing: null, owner: snapshotId });
      },
      undo: withdraw,
    },
    {
      name: 'take',
      burdens: ({ host }) => [host],
      deadlineSeconds: 900,
      async run({ store, hypervisors }, context) {
        const { input, need, signal, progress, checkLease } = context;
        const host: Host = await store.hosts.require(need('host'));
        const on = hypervisors.at(host);
        if (context.resumed) await waitForEarlierAttempt(on, context);
        const machine = await on.machines.findMachine(input.instanceId, { signal });
        const [newLayer, memoryFile] = [newLayerOf(input), memoryOf(input)];
        const wanted = { newLayer, memoryFile, quiesce: input.quiesce };
        await checkLease();
        const taken =
          machine?.diskChain[0] === newLayer
            ? undefined
            : await on.snapshots.snapshotMachine(input.instanceId, wanted, { signal, onProgress: progress });
        return {
          // Of one that an earlier worker did not live to hear of, nobody knows any more.
          pauseMilliseconds: taken?.pauseMs ?? null,
          quiesce: taken?.quiesce ?? null,
          sizeBytes: await sizeOf(on, [need('frozen'), memoryFile]),
        };
      },
      undo: { none: 'the step before withdraws the snapshot, taken or not' },
    },
    {
      name: 'keep',
      async run({ store }, { input, need, state }) {
        const [host, layer, memoryFile] = [need('host'), need('frozen'), memoryOf(input)];
        const { pauseMilliseconds = null, quiesce = null, sizeBytes = null } = state;
        const figures = { pauseMilliseconds, quiesce, sizeBytes };
        await store.transaction(async (all) => {
          const virtualSize = (await all.hostFiles.find(host, layer))?.sizeBytes ?? 0;
          await all.hostFiles.recordPresent(host, newLayerOf(input), virtualSize);
          if (memoryFile !== null) await all.hostFiles.recordPresent(host, memoryFile, sizeBytes ?? 0);
          await all.hostFiles.recordOwner(host, layer, input.snapshotId);
          await all.instances.update(input.instanceId, { activeLayer: newLayerOf(input) });
          await all.snapshots.recordResult(input.snapshotId, { layer, memoryFile, ...figures });
          await all.snapshots.setStatus(input.snapshotId, 'ready', null);
        });
        return { snapshotId: input.snapshotId };
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ snapshotId, pauseMilliseconds, quiesce, sizeBytes }) => ({
    snapshotId: snapshotId ?? null,
    pauseMilliseconds: pauseMilliseconds ?? null,
    quiesce: quiesce ?? null,
    sizeBytes: sizeBytes ?? null,
  }),
  leaves: async (services, { input }) => [
    ...(await leftOfSnapshot(services, input.snapshotId)),
    ...(await leftOfMachine(services, input.instanceId)),
  ],
});

/** The row, or the one that an earlier attempt inserted. @throws AppError `already_exists` when it is another's */
async function insert(
  { store }: Pick<FlowServices, 'store'>,
  { snapshotId, name, withMemory }: Input,
  of: { readonly id: string; readonly service: string; readonly iteration: number; readonly host: string },
): Promise<void> {
  const there = await store.snapshots.find(snapshotId);
  if (there?.status === 'creating' && there.instanceId === of.id) return;
  const { id: instanceId, service, iteration, host } = of;
  await store.snapshots.insert({ id: snapshotId, instanceId, service, iteration, host, name, withMemory });
}
