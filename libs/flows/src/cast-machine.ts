import {
  blobFileName,
  layerFileName,
  macOf,
  type IterationSpec,
  type Json,
  type ServiceSettings,
  type Snapshot,
} from '@diecast/model';
import type { Step, StepContext } from '@diecast/operations';
import { chooseHost } from './choose-host.js';
import { defineMachine } from './define-machine.js';
import { ensureImage } from './ensure-blob.js';
import { frozenUnder } from './layers-of-host.js';
import { portableCpu } from './portable-cpu.js';
import { removeMachine } from './remove-machine.js';
import { ensureSeed } from './seed.js';
import type { FlowServices } from './services.js';
import { waitHealthy } from './wait-healthy.js';
import { wakeMachine } from './wake-machine.js';

/** What casting leaves for the steps after it. */
export type CastState = {
  readonly host: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** From the start of watching until healthy. */
  readonly seconds: number;
};

/** The machine that an operation wants. */
export type CastWish = {
  readonly instanceId: string;
  readonly service: string;
  readonly iteration: number;
  readonly spec: IterationSpec;
  /** Only this host; null: placement chooses. */
  readonly host: string | null;
  readonly placement?: ServiceSettings['placement'];
  /** It goes on from here, not from the image; on the host that has the snapshot's files. */
  readonly snapshot?: Snapshot;
};

const rangeOf = ({ network }: IterationSpec) =>
  network.addressing.mode === 'static'
    ? {
        network: network.name,
        rangeStart: network.addressing.rangeStart,
        rangeEnd: network.addressing.rangeEnd,
      }
    : null;

const reserve = ({ store }: FlowServices, wish: CastWish, host: string) =>
  store.instances.reserve({
    id: wish.instanceId,
    service: wish.service,
    iteration: wish.iteration,
    host,
    mac: macOf(wish.instanceId),
    memoryMiB: wish.spec.machine.memoryMiB,
    range: rangeOf(wish.spec),
    ...(wish.snapshot === undefined ? {} : { restoredFrom: wish.snapshot.id }),
  });

/**
 * From nothing to a machine that has passed its check: place, distribute, assemble, start, validate. What follows is the
 * operation's own: to admit the machine, or to take it away again. The reservation comes before anything on a host, so that
 * whatever is found on a host later has a row that explains it.
 * @param idOf the machine's id, known without looking anything up, because undoing must not depend on what may be gone
 * @param wishOf asked by every step anew: a step may run in another process than the one before
 */
export function castingSteps<Input extends Json>(
  idOf: (context: StepContext<Input, CastState>) => string,
  wishOf: (services: FlowServices, context: StepContext<Input, CastState>) => Promise<CastWish>,
): readonly Step<FlowServices, Input, CastState>[] {
  type Context = StepContext<Input, CastState>;

  /** All that the steps on the host need to know. */
  async function read(services: FlowServices, context: Context) {
    const wish = await wishOf(services, context);
    const [host, instance, image] = await Promise.all([
      services.store.hosts.require(context.need('host')),
      services.store.instances.require(wish.instanceId),
      services.store.images.resolve(wish.spec.image),
    ]);
    return { spec: wish.spec, snapshot: wish.snapshot, host, instance, manifest: image.manifest };
  }

  /** Machine, layer and seed, whichever of them came to be. */
  async function remove(services: FlowServices, context: Context): Promise<void> {
    const { state, signal } = context;
    if (state.host === undefined) return;
    const host = await services.store.hosts.require(state.host);
    await removeMachine(services, host, { id: idOf(context) }, 0, signal);
  }

  return [
    {
      name: 'place',
      async run(services, context) {
        const { store } = services;
        const there = await store.instances.find(idOf(context));
        if (there?.host != null) return { host: there.host };
        const wish = await wishOf(services, context);
        const image = await store.images.resolve(wish.spec.image);
        // One after the other: two that choose at once would not see each other, and spread nothing.
        const host = await store.exclusively('place', async () => {
          const chosen = await chooseHost(store, wish.service, wish.spec, {
            only: wish.host,
            diskBytes: image.sizeBytes,
            ...(wish.placement === undefined ? {} : { placement: wish.placement }),
          });
          await reserve(services, wish, chosen);
          return chosen;
        });
        return { host };
      },
      async undo({ store }, context) {
        const there = await store.instances.find(idOf(context));
        if (there === undefined) return;
        if (there.status !== 'discontinued')
          await store.instances.setStatus(there.id, 'failed', 'It could not be created.');
        await store.instances.release(there.id);
      },
    },
    {
      name: 'distribute',
      burdens: ({ host }) => [host],
      deadlineSeconds: 1800,
      async run(services, context) {
        const { signal, progress } = context;
        await services.store.instances.setStatus(idOf(context), 'assembling', null);
        const { host, manifest } = await read(services, context);
        await ensureImage(services, host, manifest, {
          signal,
          onProgress: (done, total) =>
            progress({ percent: Math.floor((done * 50) / total), message: `image to host ${host.name}` }),
        });
      },
      undo: { none: 'the image on the host serves every machine, and is collected when none needs it' },
    },
    {
      name: 'assemble',
      async run(services, context) {
        const { host, spec, instance, manifest, snapshot } = await read(services, context);
        const name = layerFileName(instance.id);
        const { virtualSize } = manifest.disk;
        const frozen = snapshot?.layer ?? null;
        const backing = frozen ?? blobFileName(manifest.disk.digest);
        const format = frozen === null ? manifest.disk.format : 'qcow2';
        const file = { host: host.name, name, kind: 'layer' as const, sizeBytes: virtualSize };
        await services.store.hostFiles.begin({ ...file, backing, owner: instance.id });
        const layer = { name, virtualSize, backing: { name: backing, format } };
        await services.hypervisors.at(host).files.createLayer(layer, { signal: context.signal });
        await services.store.hostFiles.recordPresent(host.name, name, virtualSize);
        await services.store.instances.update(instance.id, { activeLayer: name });
        await ensureSeed(services, host, instance, spec, context.signal);
      },
      undo: remove,
    },
    {
      name: 'start',
      burdens: ({ host }) => [host],
      async run(services, context) {
        const { host, spec, instance, manifest, snapshot } = await read(services, context);
        const accelerator = host.facts?.accelerator ?? 'tcg';
        const frozen = await frozenUnder(services, instance);
        const cpuXml = await portableCpu(services, host, spec.machine, context.signal);
        const machine = defineMachine({ instance, spec, manifest, accelerator, cpuXml, frozen });
        await context.checkLease();
        const startedAt = new Date().toISOString();
        const { signal } = context;
        const memoryFile = snapshot?.memoryFile ?? null;
        if (memoryFile === null)
          await services.hypervisors.at(host).machines.startMachine(machine, { signal });
        else await wakeMachine(services, { host, instance, spec, machine, memoryFile }, signal);
        return { startedAt };
      },
      undo: remove,
    },
    {
      name: 'validate',
      deadlineSeconds: 1800,
      attempts: 1,
      async run(services, context) {
        await services.store.instances.setStatus(idOf(context), 'validating', null);
        const { host, spec, instance } = await read(services, context);
        const { address, seconds } = await waitHealthy(services, host, instance, spec, context);
        await services.store.instances.update(instance.id, { address });
        return { seconds };
      },
      undo: { none: 'looking changes nothing' },
    },
  ];
}
