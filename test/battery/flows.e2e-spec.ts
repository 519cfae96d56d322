import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { blobFileName, type Instance, type Json, type OperationKind } from '@diecast/model';
import {
  FLOWS,
  hostDrain,
  hostRegister,
  imageDelete,
  imageProve,
  instanceCreate,
  instanceDiscontinue,
  instanceMigrate,
  instancePark,
  instanceReplace,
  instanceResume,
  instanceSnapshot,
  serviceDelete,
  snapshotDelete,
  snapshotRestore,
  type FlowServices,
} from '@diecast/flows';
import { flowBattery } from '../harness/flow-battery.js';
import { startLab, tinyImage, type TestImage } from '../harness/lab.js';
import { requireDigest, sampleSettings } from '../harness/samples.js';
import { openServices, type TestServices } from '../harness/services.js';
import { ask, declareTiny, guestSpec, registerHosts, requireSucceeded } from '../harness/tiny-service.js';
import { until } from '../harness/until.js';

/** Flows that touch hosts, on real ones. Who is available is not asked: what is tried is what is left, and a boot takes long. */
const everybodyIsHealthy: FlowServices['checkHealth'] = async () => ({ passed: true, seen: 'not asked' });

let lab: Awaited<ReturnType<typeof startLab>>;
let services: TestServices;
let candidate: TestImage;

beforeAll(async () => {
  lab = await startLab('battery', 2);
  services = await openServices(FLOWS, {}, everybodyIsHealthy);
  candidate = await tinyImage('v2');
  await registerHosts(services, lab);
  await declareTiny(services, lab, 'web');
}, 600_000);
afterAll(async () => {
  await services?.close();
  await lab?.close();
}, 60_000);

const world = (): TestServices => services;
const done = async (kind: OperationKind, input: Json) => requireSucceeded(await services.run(kind, input));
const cast = (instanceId: string, service: string) =>
  done('instance.create', { instanceId, service, iteration: 1, host: null });
/** At once: a guest that has not come up yet would be waited for. */
async function discontinue({ instanceId }: { readonly instanceId: string }): Promise<void> {
  const { host } = await services.store.instances.require(instanceId);
  const { machines } = services.hypervisors.at(await services.store.hosts.require(host ?? ''));
  await machines.stopMachine(instanceId, 0);
  await done('instance.discontinue', { instanceId });
}

/** The machine that is there, or a new one; a guest that has come up goes down quickly too. */
async function aMachine(service = 'web'): Promise<Instance> {
  const [there] = await services.store.instances.live({ service });
  if (there !== undefined) return there;
  const instanceId = randomUUID();
  await cast(instanceId, service);
  const machine = await services.store.instances.require(instanceId);
  await until(() => ask(machine.address).catch(() => undefined), { everyMs: 500, withinMs: 120_000 });
  return machine;
}
/** The one that is there, or a new one. */
async function aSnapshot(): Promise<string> {
  const { items } = await services.store.snapshots.list({ limit: 100 });
  const ready = items.find(({ status }) => status === 'ready');
  if (ready !== undefined) return ready.id;
  const snapshotId = randomUUID();
  const { id: instanceId } = await aMachine();
  const input = { snapshotId, instanceId, name: 'kept', withMemory: false, quiesce: false };
  await done('instance.snapshot', input);
  return snapshotId;
}
const otherThan = (host: string | null): string => (host === 'a' ? 'b' : 'a');

flowBattery(hostRegister, world, {
  prepare: async () => ({ name: 'a' }),
});

flowBattery(instanceCreate, world, {
  prepare: async () => ({ instanceId: randomUUID(), service: 'web', iteration: 1, host: 'a' }),
  clear: discontinue,
  varies: ['startedAt', 'seconds'],
});

flowBattery(instanceDiscontinue, world, {
  prepare: async () => ({ instanceId: (await aMachine()).id }),
});

flowBattery(instanceReplace, world, {
  prepare: async () => ({ instanceId: (await aMachine()).id, replacementId: randomUUID(), host: null }),
});

flowBattery(instanceMigrate, world, {
  async prepare() {
    const { id, host } = await aMachine();
    return { instanceId: id, host: otherThan(host) };
  },
});

flowBattery(instancePark, world, {
  prepare: async () => ({ instanceId: (await aMachine()).id }),
  clear: (input: Json) => done('instance.resume', input),
});

flowBattery(instanceResume, world, {
  async prepare() {
    const { id: instanceId, status } = await aMachine();
    if (status === 'available') await done('instance.park', { instanceId });
    return { instanceId };
  },
  varies: ['seconds'],
});

flowBattery(instanceSnapshot, world, {
  async prepare() {
    const { id: instanceId } = await aMachine();
    return { snapshotId: randomUUID(), instanceId, name: 'kept', withMemory: true, quiesce: false };
  },
  clear: ({ snapshotId }: { readonly snapshotId: string }) => done('snapshot.delete', { snapshotId }),
  // What a snapshot that was taken twice cost is known of the first only.
  varies: ['pauseMilliseconds', 'quiesce'],
  // Withdrawn after it was taken, the machine has all it needs in its new layer, and the old one is gone.
  see: (sight) =>
    JSON.parse(JSON.stringify(sight).replaceAll(/(instance-[\w-]{36})\.[\w-]{36}\.qcow2/g, '$1.qcow2')),
});

flowBattery(snapshotRestore, world, {
  prepare: async () => ({ snapshotId: await aSnapshot(), instanceId: randomUUID() }),
  clear: discontinue,
  varies: ['startedAt', 'seconds'],
});

flowBattery(snapshotDelete, world, {
  prepare: async () => ({ snapshotId: await aSnapshot() }),
  // A machine that has all it needs in its own layer stands on other files than before.
  see: (sight) => ({ ...sight, recorded: [] }),
});

flowBattery(hostDrain, world, {
  prepare: async () => ({ name: (await aMachine()).host }),
  clear: ({ name }: { readonly name: string }) => services.store.hosts.setStatus(name, 'ready', null),
  // What has moved stays where it is.
  see: ({ hosts, services: declared, snapshots }) => ({ hosts, declared, snapshots }),
});

/** An image that came in and that nobody has booted. */
async function aCandidate(): Promise<Json> {
  const digest = requireDigest(candidate.digest);
  if ((await services.store.images.find(digest)) === undefined)
    await done('image.import', { source: { type: 'path', path: candidate.folder } });
  return digest;
}
flowBattery(imageProve, world, {
  async prepare() {
    const { machine, network, health } = guestSpec(requireDigest(candidate.digest), lab);
    return JSON.parse(
      JSON.stringify({ digest: await aCandidate(), host: 'a', machine, network, health }),
    ) as Json;
  },
  clear: () => done('image.delete', { digest: candidate.digest }),
  varies: ['startedAt', 'seconds'],
});

flowBattery(imageDelete, world, {
  async prepare() {
    const digest = await aCandidate();
    const { disk } = candidate.manifest;
    const file = { host: 'a', name: blobFileName(disk.digest), kind: 'blob', sizeBytes: disk.size } as const;
    await services.store.hostFiles.begin({ ...file, backing: null, owner: disk.digest });
    return { digest };
  },
});

flowBattery(serviceDelete, world, {
  async prepare() {
    const { store } = services;
    const service = 'ends';
    if ((await store.services.find(service))?.status !== 'active') {
      const spec = guestSpec(requireDigest((await tinyImage('v1')).digest), lab);
      await store.services.declare(service, spec, sampleSettings(1), 'test');
    }
    await aMachine(service);
    return { service };
  },
});
