import {
  blobFileName,
  layerFileName,
  macOf,
  type Digest,
  type Instance,
  type IterationSpec,
} from '@diecast/model';
import { defineOperation, type StepContext } from '@diecast/operations';
import { chooseHost } from './choose-host.js';
import { defineMachine } from './define-machine.js';
import { ensureImage } from './ensure-blob.js';
import { removeMachine } from './remove-machine.js';
import type { FlowServices } from './services.js';
import { waitHealthy } from './wait-healthy.js';

type Input = {
  readonly instanceId: string;
  readonly service: string;
  readonly iteration: number;
  readonly host: string | null;
};
type State = { readonly host: string; readonly seconds: number };

const rangeOf = ({ network }: IterationSpec) =>
  network.addressing.mode === 'static'
    ? {
        network: network.name,
        rangeStart: network.addressing.rangeStart,
        rangeEnd: network.addressing.rangeEnd,
      }
    : null;

/** All that the steps need to know, read anew by each: a step may run in another process than the one before. */
async function read({ store }: Pick<FlowServices, 'store'>, input: Input, hostName: string) {
  const [iteration, host, instance] = await Promise.all([
    store.services.iteration(input.service, input.iteration),
    store.hosts.require(hostName),
    store.instances.require(input.instanceId),
  ]);
  const image = await store.images.resolve(iteration.spec.image);
  return { spec: iteration.spec, host, instance, manifest: image.manifest };
}

const reserve = (
  store: FlowServices['store'],
  input: Input,
  spec: IterationSpec,
  host: string,
): Promise<Instance> =>
  store.instances.reserve({
    id: input.instanceId,
    service: input.service,
    iteration: input.iteration,
    host,
    mac: macOf(input.instanceId),
    memoryMiB: spec.machine.memoryMiB,
    range: rangeOf(spec),
  });

/** Machine and layer, whichever of them came to be. */
async function remove(
  services: FlowServices,
  { input, state, signal }: StepContext<Input, State>,
): Promise<void> {
  if (state.host === undefined) return;
  const host = await services.store.hosts.require(state.host);
  await removeMachine(services, host, { id: input.instanceId }, 0, signal);
}

/**
 * Casts one machine: place, assemble, start, validate, make available. The reservation comes before anything on a host, so
 * that whatever is found on a host later has a row that explains it; everything can be undone until it is available.
 */
export const instanceCreate = defineOperation<FlowServices, Input, State>({
  kind: 'instance.create',
  locks: ({ instanceId }) => [`instance:${instanceId}`],
  steps: [
    {
      name: 'place',
      async run({ store }, { input }) {
        const there = await store.instances.find(input.instanceId);
        if (there?.host != null) return { host: there.host };
        const { spec } = await store.services.iteration(input.service, input.iteration);
        const service = await store.services.find(input.service);
        const image = await store.images.resolve(spec.image);
        const host = await chooseHost(store, input.service, spec, {
          only: input.host,
          diskBytes: image.sizeBytes,
          ...(service === undefined ? {} : { placement: service.placement }),
        });
        await reserve(store, input, spec, host);
        return { host };
      },
      async undo({ store }, { input }) {
        if ((await store.instances.find(input.instanceId)) === undefined) return;
        await store.instances.setStatus(input.instanceId, 'failed', 'It could not be created.');
        await store.instances.release(input.instanceId);
      },
    },
    {
      name: 'distribute',
      deadlineSeconds: 1800,
      async run(services, { input, need, signal, progress }) {
        await services.store.instances.setStatus(input.instanceId, 'assembling', null);
        const { host, manifest } = await read(services, input, need('host'));
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
      async run(services, { input, need, signal }) {
        const { host, manifest } = await read(services, input, need('host'));
        const name = layerFileName(input.instanceId);
        const backing = blobFileName(manifest.disk.digest);
        const { virtualSize, format } = manifest.disk;
        const file = { host: host.name, name, kind: 'layer' as const, sizeBytes: virtualSize };
        await services.store.hostFiles.begin({ ...file, backing, owner: input.instanceId });
        const layer = { name, virtualSize, backing: { name: backing, format } };
        await services.hypervisors.at(host).files.createLayer(layer, { signal });
        await services.store.hostFiles.recordPresent(host.name, name, virtualSize);
        await services.store.instances.update(input.instanceId, { activeLayer: name });
      },
      undo: remove,
    },
    {
      name: 'start',
      async run(services, { input, need, signal, checkLease }) {
        const { host, spec, instance, manifest } = await read(services, input, need('host'));
        const accelerator = host.facts?.accelerator ?? 'tcg';
        const image: Digest = spec.image;
        const machine = defineMachine({ instance, spec: { ...spec, image }, manifest, accelerator });
        await checkLease();
        await services.hypervisors.at(host).machines.startMachine(machine, { signal });
      },
      undo: remove,
    },
    {
      name: 'validate',
      deadlineSeconds: 1800,
      attempts: 1,
      async run(services, { input, need, signal, progress }) {
        await services.store.instances.setStatus(input.instanceId, 'validating', null);
        const { host, spec, instance } = await read(services, input, need('host'));
        const { address, seconds } = await waitHealthy(services, host, instance, spec, { signal, progress });
        await services.store.instances.update(input.instanceId, { address });
        return { seconds };
      },
      undo: { none: 'looking changes nothing' },
    },
    {
      name: 'admit',
      async run({ store }, { input }) {
        await store.instances.setStatus(input.instanceId, 'available', null);
        await store.instances.update(input.instanceId, { healthy: true, availableAt: new Date() });
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ host, seconds }) => ({ host: host ?? null, healthyAfterSeconds: seconds ?? null }),
});
