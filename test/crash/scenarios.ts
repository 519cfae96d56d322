import { randomUUID } from 'node:crypto';
import type { InstanceStatus, Json, OperationKind } from '@diecast/model';
import { declareService, SERVICE, type Declared } from './declared.js';
import { succeed, type World } from './world.js';

/** One operation to be disturbed. */
export type Task = { readonly kind: OperationKind; readonly input: Json };

export type Scenario = {
  readonly flow: string;
  /** What must be there before; called before every run, finds what is left of the last. */
  prepare(world: World, declared: Declared): Promise<Task>;
};

const inStatus = async ({ services: { store } }: World, wanted: InstanceStatus) =>
  (await store.instances.live({ service: SERVICE })).filter(({ status }) => status === wanted);

/** An available machine, the one that is there or a new one. */
async function anInstance(world: World): Promise<string> {
  const [present] = await inStatus(world, 'available');
  if (present !== undefined) return present.id;
  const instanceId = randomUUID();
  await succeed(world, 'instance.create', { instanceId, service: SERVICE, iteration: 1, host: null });
  return instanceId;
}

/** No machine more than `most`: runs leave some. */
async function atMost(world: World, most: number): Promise<void> {
  for (const { id } of (await inStatus(world, 'available')).slice(most))
    await succeed(world, 'instance.discontinue', { instanceId: id });
}

/** Runs leave machines that wait in memory, and room is needed for others. */
async function noStandby(world: World): Promise<void> {
  for (const { id } of await inStatus(world, 'standby'))
    await succeed(world, 'instance.discontinue', { instanceId: id });
}

async function aSnapshot(world: World, withMemory: boolean): Promise<string> {
  const { items } = await world.services.store.snapshots.list({ limit: 100 });
  const ready = items.find((each) => each.status === 'ready' && each.withMemory === withMemory);
  if (ready !== undefined) return ready.id;
  const [instanceId, snapshotId] = [await anInstance(world), randomUUID()];
  const input = { snapshotId, instanceId, name: 'crash', withMemory, quiesce: false };
  await succeed(world, 'instance.snapshot', input);
  return snapshotId;
}

/** Chains grow with every snapshot of one machine; a few of them are enough. */
async function fewSnapshots(world: World): Promise<void> {
  const { items } = await world.services.store.snapshots.list({ limit: 100 });
  const ready = items.filter(({ status }) => status === 'ready');
  if (ready.length < 3) return;
  for (const { id } of ready) await succeed(world, 'snapshot.delete', { snapshotId: id });
}

export const SCENARIOS: readonly Scenario[] = [
  {
    flow: 'instance.create',
    async prepare(world) {
      await atMost(world, 1);
      const input = { instanceId: randomUUID(), service: SERVICE, iteration: 1, host: null };
      return { kind: 'instance.create', input };
    },
  },
  {
    flow: 'instance.discontinue',
    async prepare(world) {
      return { kind: 'instance.discontinue', input: { instanceId: await anInstance(world) } };
    },
  },
  {
    flow: 'instance.replace',
    async prepare(world) {
      await atMost(world, 1);
      const instanceId = await anInstance(world);
      return { kind: 'instance.replace', input: { instanceId, replacementId: randomUUID(), host: null } };
    },
  },
  {
    flow: 'instance.migrate',
    async prepare(world) {
      await atMost(world, 1);
      return { kind: 'instance.migrate', input: { instanceId: await anInstance(world), host: null } };
    },
  },
  {
    flow: 'instance.park',
    async prepare(world) {
      await noStandby(world);
      return { kind: 'instance.park', input: { instanceId: await anInstance(world) } };
    },
  },
  {
    flow: 'instance.resume',
    async prepare(world) {
      const [waiting] = await inStatus(world, 'standby');
      const instanceId = waiting?.id ?? (await anInstance(world));
      if (waiting === undefined) await succeed(world, 'instance.park', { instanceId });
      return { kind: 'instance.resume', input: { instanceId } };
    },
  },
  {
    flow: 'instance.snapshot',
    async prepare(world) {
      await fewSnapshots(world);
      const [instanceId, snapshotId] = [await anInstance(world), randomUUID()];
      const input = { snapshotId, instanceId, name: 'crash', withMemory: true, quiesce: false };
      return { kind: 'instance.snapshot', input };
    },
  },
  {
    flow: 'snapshot.restore',
    async prepare(world) {
      await atMost(world, 1);
      const snapshotId = await aSnapshot(world, true);
      return { kind: 'snapshot.restore', input: { snapshotId, instanceId: randomUUID() } };
    },
  },
  {
    flow: 'snapshot.delete',
    async prepare(world) {
      return { kind: 'snapshot.delete', input: { snapshotId: await aSnapshot(world, true) } };
    },
  },
  {
    flow: 'image.import',
    async prepare(world) {
      const { digest, folder } = world.images.v2;
      const there = await world.services.store.images.find(digest as `sha256:${string}`);
      if (there !== undefined) await succeed(world, 'image.delete', { digest });
      return { kind: 'image.import', input: { source: { type: 'path', path: folder } } };
    },
  },
  {
    flow: 'image.prove',
    async prepare(world, { proofOf }) {
      const { digest, folder } = world.images.v2;
      const there = await world.services.store.images.find(digest as `sha256:${string}`);
      // What is proven stays proven: only an image that comes in anew can be proven again.
      if (there?.status === 'proven') await succeed(world, 'image.delete', { digest });
      if (there?.status !== 'candidate')
        await succeed(world, 'image.import', { source: { type: 'path', path: folder } });
      return { kind: 'image.prove', input: proofOf(digest) };
    },
  },
  {
    flow: 'image.delete',
    async prepare(world) {
      const { digest, folder } = world.images.v2;
      const there = await world.services.store.images.find(digest as `sha256:${string}`);
      if (there === undefined)
        await succeed(world, 'image.import', { source: { type: 'path', path: folder } });
      return { kind: 'image.delete', input: { digest } };
    },
  },
  {
    flow: 'host.drain',
    async prepare(world) {
      const { store } = world.services;
      for (const { name, status } of await store.hosts.all())
        if (status !== 'ready') await store.hosts.setStatus(name, 'ready', null);
      await atMost(world, 2);
      const instanceId = await anInstance(world);
      const { host } = await store.instances.require(instanceId);
      return { kind: 'host.drain', input: { name: host } };
    },
  },
  {
    flow: 'host.register',
    async prepare() {
      return { kind: 'host.register', input: { name: 'a' } };
    },
  },
  {
    flow: 'service.delete',
    async prepare(world) {
      const { store } = world.services;
      for (const { id } of (await store.snapshots.list({ limit: 100 })).items) {
        const { status } = await store.snapshots.require(id);
        if (status === 'ready') await succeed(world, 'snapshot.delete', { snapshotId: id });
      }
      if ((await store.services.find(SERVICE))?.status !== 'active') await declareService(world);
      await anInstance(world);
      return { kind: 'service.delete', input: { service: SERVICE } };
    },
  },
];
