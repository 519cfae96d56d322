import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, blobFileName, layerFileName, type Host, type InputOf } from '@diecast/model';
import { defineOperation, type StepContext, type Undone } from '@diecast/operations';
import { chooseTarget } from './choose-target.js';
import { ensureImage } from './ensure-blob.js';
import {
  findMovingMachine,
  followMigration,
  requireCertain,
  stopMigration,
  type Ends,
} from './find-moving-machine.js';
import { flattenMachine } from './flatten-machine.js';
import { removeFilesOf } from './remove-machine.js';
import { ensureSeed } from './seed.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = InputOf<'instance.migrate'>;
type State = {
  readonly from: string;
  readonly host: string;
  /** Figures are libvirt's own; null when it does not say. */
  readonly downtimeMs: number | null;
  readonly totalMs: number | null;
  readonly transferredBytes: number | null;
};
type Context = StepContext<Input, State>;

async function read({ store }: Pick<FlowServices, 'store'>, instanceId: string) {
  const instance = await store.instances.require(instanceId);
  const { spec } = await store.services.iteration(instance.service, instance.iteration);
  const { manifest, sizeBytes } = await store.images.resolve(spec.image);
  return { instance, spec, manifest, sizeBytes, layer: instance.activeLayer ?? layerFileName(instance.id) };
}

async function endsOf({ store }: FlowServices, { need }: Context): Promise<Ends> {
  const [source, target] = await Promise.all([
    store.hosts.require(need('from')),
    store.hosts.require(need('host')),
  ]);
  return { source, target };
}

/** The address by which the source's libvirtd dials the target's, in a peer-to-peer migration. */
function dialOf({ uri, migrationUri }: Host): { readonly migrationUri: string; readonly address: string } {
  const url = new URL(migrationUri ?? uri);
  return { migrationUri: migrationUri ?? `qemu+tls://${url.hostname}/system`, address: url.hostname };
}

/** An empty layer on the target for the disk's contents to come; what an earlier attempt left in it would be mixed with them. */
async function prepareTarget(services: FlowServices, target: Host, context: Context): Promise<void> {
  const { store, hypervisors } = services;
  const { instance, spec, manifest, layer: name } = await read(services, context.input.instanceId);
  const { signal } = context;
  await ensureImage(services, target, manifest, {
    signal,
    onProgress: (done, total) =>
      context.progress({
        percent: Math.floor((done * 5) / total),
        message: `image to host ${target.name}`,
      }),
  });
  const backing = blobFileName(manifest.disk.digest);
  const { virtualSize, format } = manifest.disk;
  const { files, machines } = hypervisors.at(target);
  if ((await machines.findMachine(instance.id, { signal })) !== undefined)
    throw new AppError('conflict', `Host ${target.name} runs a machine ${instance.id} that nobody knows of.`);
  const file = { host: target.name, name, kind: 'layer' as const, sizeBytes: virtualSize };
  await store.hostFiles.begin({ ...file, backing, owner: instance.id });
  await files.deleteFile(name, { signal });
  await files.createLayer({ name, virtualSize, backing: { name: backing, format } }, { signal });
  await store.hostFiles.recordPresent(target.name, name, virtualSize);
  await ensureSeed(services, target, instance, spec, signal);
}

/** Undo while nothing has moved: what the target was given goes; what the source has stays. */
async function clearTarget(services: FlowServices, { input, state, signal }: Context): Promise<void> {
  const instance = await services.store.instances.require(input.instanceId);
  if (state.host === undefined || instance.host === state.host) return;
  const target = await services.store.hosts.require(state.host);
  await removeFilesOf(services, target, instance, signal);
}

/** Writes down that it is on the target now, there too, and frees the source. */
async function settle(services: FlowServices, { source, target }: Ends, instanceId: string): Promise<void> {
  const { store, hypervisors } = services;
  const instance = await store.instances.require(instanceId);
  const generation = instance.host === target.name ? instance.generation : instance.generation + 1;
  await hypervisors.at(target).machines.updateGeneration(instance.id, generation);
  await store.instances.endMove(instance.id, { host: target.name, generation });
  await removeFilesOf(services, source, instance);
}

/**
 * Only a request to cancel ends the migration. When this worker must go, the migration goes on by itself, and the worker
 * that takes over follows it.
 */
async function migrate({ store, hypervisors }: FlowServices, ends: Ends, context: Context): Promise<void> {
  const { input, operationId, progress, signal } = context;
  const { bandwidthMiBps, downtimeMs } = input;
  const target = {
    ...dialOf(ends.target),
    ...(bandwidthMiBps === undefined ? {} : { bandwidthMiBps }),
    ...(downtimeMs === undefined ? {} : { downtimeMs }),
  };
  const cancel = new AbortController();
  const { migrations } = hypervisors.at(ends.source);
  const watch = { signal: cancel.signal, onProgress: progress };
  const moving = migrations.migrate(input.instanceId, target, watch);
  await untilAborted(moving, signal);
  if (signal.aborted && (await store.operations.require(operationId)).cancelRequested) cancel.abort();
  else signal.throwIfAborted();
  await moving;
}

/** Resolves when the work ends, however it ends, or when the signal aborts. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const aborted = sleep(2 ** 31 - 1, undefined, { signal: AbortSignal.any([signal, ended.signal]) });
  await Promise.race([work, aborted]).catch(() => undefined);
  ended.abort();
}

/** Ends what still moves, and finds where the machine is: only then it is certain whether that came too late. */
async function stopMoving(services: FlowServices, context: Context): Promise<Undone> {
  const { input, signal } = context;
  const ends = await endsOf(services, context);
  await stopMigration(services.hypervisors.at(ends.source), input.instanceId, { signal });
  const where = await findMovingMachine(services, ends, input.instanceId, { signal });
  if (where === 'neither') return;
  requireCertain(where, input.instanceId, ends);
  return where === 'target' ? 'passed' : undefined;
}

async function readFigures(services: FlowServices, target: Host, { input, log }: Context) {
  const { migrations } = services.hypervisors.at(target);
  // The machine has moved whatever these figures are, so that they are no reason to fail.
  const figures = await migrations.readCompletedMigration(input.instanceId).catch((error: unknown) => {
    log.warn({ err: error }, 'What the migration took could not be read.');
    return undefined;
  });
  return figures ?? { downtimeMs: null, totalMs: null, transferredBytes: null };
}

/**
 * Moves a running machine. Where it is at the end is found by looking at both hosts, never concluded from how the call ended:
 * a peer-to-peer migration goes on when we die. It ends moved, or still safely where it was.
 */
export const instanceMigrate = defineOperation<FlowServices, Input, State>({
  kind: 'instance.migrate',
  // The moment when the machine goes on at the target: a switch between two hosts, which only they know of.
  pivot: { within: 'move' },
  steps: [
    {
      name: 'choose',
      async run(services, { input, signal }) {
        const { instance, spec, sizeBytes } = await read(services, input.instanceId);
        const { id, host: from, status } = instance;
        if (from === null || status !== 'available')
          throw new AppError('conflict', `Instance ${id} is ${status}; only an available one migrates.`);
        if (input.host === from) throw new AppError('conflict', `Instance ${id} is on host ${from} already.`);
        const source = await services.store.hosts.require(from);
        const machine = await services.hypervisors.at(source).machines.findMachine(id, { signal });
        if (machine?.state !== 'running')
          throw new AppError(
            'conflict',
            `Machine ${id} is ${machine?.state ?? 'not there'} on host ${from}; only a running one migrates.`,
          );
        const wish = { host: input.host, diskBytes: sizeBytes };
        const host = await chooseTarget(services, { ...instance, host: from }, spec, wish, signal);
        // Two that choose at the same time see the same room; only one of them is promised it.
        await services.store.instances.beginMove(id, host);
        return { from, host };
      },
      async undo({ store }, { input }) {
        await store.instances.endMove(input.instanceId);
      },
    },
    {
      name: 'prepare',
      burdens: ({ from, host }) => [from, host],
      deadlineSeconds: 1800,
      async run(services, context) {
        const { source, target } = await endsOf(services, context);
        const { instance, manifest } = await read(services, context.input.instanceId);
        const base = blobFileName(manifest.disk.digest);
        // Frozen layers belong to snapshots and stay: what the machine needs of them is pulled into its own layer first.
        await flattenMachine(services, source, instance.id, base, { signal: context.signal });
        await prepareTarget(services, target, context);
      },
      undo: clearTarget,
    },
    {
      name: 'move',
      burdens: ({ from, host }) => [from, host],
      deadlineSeconds: 3600,
      attempts: 1,
      async run(services, context) {
        const { input, signal, progress, checkLease } = context;
        const ends = await endsOf(services, context);
        const on = services.hypervisors.at(ends.source);
        if (context.resumed) await followMigration(on, input.instanceId, { signal, onProgress: progress });
        let failure: unknown;
        if ((await findMovingMachine(services, ends, input.instanceId, { signal })) === 'source') {
          await checkLease();
          await migrate(services, ends, context).catch((error: unknown) => (failure = error));
          signal.throwIfAborted();
        }
        const where = await findMovingMachine(services, ends, input.instanceId, { signal });
        requireCertain(where, input.instanceId, ends);
        if (where === 'source') throw failure;
        return readFigures(services, ends.target, context);
      },
      undo: stopMoving,
    },
    {
      name: 'settle',
      async run(services, context) {
        await settle(services, await endsOf(services, context), context.input.instanceId);
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ host, downtimeMs, totalMs, transferredBytes }) => ({
    host: host ?? null,
    downtimeMs: downtimeMs ?? null,
    totalMs: totalMs ?? null,
    transferredBytes: transferredBytes ?? null,
  }),
  leaves: (services, { input }) => leftOfMachine(services, input.instanceId),
});
