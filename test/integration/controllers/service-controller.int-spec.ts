import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { macOf, type IterationSpec, type Operation } from '@diecast/model';
import { serviceController } from '@diecast/controllers';
import type { OpenOperation, Store } from '@diecast/store';
import { insertProvenImage, sampleSettings, sampleSpec } from '../../harness/samples.js';
import { silent } from '../../harness/services.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

/** No worker runs the operations here: what is asked is what the controller itself does and does not do. */
describe.each(DATABASES)('the service controller on %s', (database) => {
  let underTest: StoreUnderTest;
  let store: Store;
  let spec: IterationSpec;
  const never = new AbortController().signal;
  const look = (): Promise<void> => serviceController({ store, log: silent }).run(never);

  const openOf = async (service: string): Promise<readonly OpenOperation[]> =>
    (await store.operations.open()).filter(({ resources }) =>
      resources.some((resource) => resource.type === 'service' && resource.id === service),
    );
  const statusOf = async ({ id }: Operation): Promise<string> => (await store.operations.require(id)).status;

  beforeAll(async () => {
    underTest = await prepareStore(database);
    store = await underTest.open();
    spec = sampleSpec(await insertProvenImage(store, 'controlled'));
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    await store.hosts.setStatus('h1', 'ready', null);
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await underTest.close();
  });

  /** What an operation that makes a machine leaves in the store when it succeeds. */
  async function beMade(service: string, iteration: number): Promise<string> {
    const id = randomUUID();
    const mac = macOf(id);
    const place = { id, service, iteration, host: 'h1', mac, memoryMiB: 128, range: null };
    await store.instances.reserve(place);
    for (const status of ['assembling', 'validating', 'available'] as const)
      await store.instances.setStatus(id, status, null);
    await store.instances.recordHealth(id, true);
    return id;
  }

  it('counts what it has started before anything of it is to be seen, however often it looks (SPEC-ROLL-4)', async () => {
    const { rollout, operation } = await store.services.declare('twice', spec, sampleSettings(2), 'test');
    for (let time = 0; time < 3; time += 1) await look();
    const open = await openOf('twice');
    expect(open.map(({ kind }) => kind)).toEqual(['instance.create', 'instance.create']);
    const notes = (await store.rollouts.find('twice', rollout?.number ?? 0))?.notes ?? [];
    const cast = notes.filter(({ action }) => action === 'cast');
    expect(new Set(cast.map(({ instanceId }) => instanceId))).toEqual(
      new Set(open.map(({ resources }) => resources[0]?.id)),
    );
    expect(cast.map(({ reason }) => reason)).toEqual(
      Array(2).fill('0 of 2 available, maxSurge 1: two machines of iteration 1 may be cast'),
    );
    expect((await store.operations.require(operation?.id ?? '')).progress).toEqual({
      percent: 0,
      message: '0 of 2 machines of iteration 1 available',
    });
  });

  it('calls off what a new declaration no longer wants, and casts for that one', async () => {
    const first = (await openOf('twice')).map(({ id }) => id);
    const other = { ...spec, machine: { ...spec.machine, memoryMiB: 256 } };
    await store.services.declare('twice', other, sampleSettings(2), 'test');
    // They count until they are gone; the look after that has room.
    for (let time = 0; time < 2; time += 1) await look();
    for (const id of first) expect((await store.operations.require(id)).status).toBe('cancelled');
    const open = await openOf('twice');
    expect(open.map(({ input }) => input)).toEqual(
      Array(2).fill(expect.objectContaining({ service: 'twice', iteration: 2 })),
    );
  });

  it('ends a rollout and its operation when all machines serve, and remembers the iteration as good', async () => {
    const { operation } = await store.services.declare('whole', spec, sampleSettings(2), 'test');
    if (operation === null) throw new Error('there is no rollout');
    for (let made = 0; made < 2; made += 1) await beMade('whole', 1);
    await look();
    expect(await statusOf(operation)).toBe('succeeded');
    expect(await store.rollouts.running('whole')).toBeUndefined();
    expect((await store.services.iteration('whole', 1)).knownGoodAt).not.toBeNull();
    expect(await openOf('whole')).toEqual([]);
  });

  it('replaces a machine that failed, clears it away, and tells why though no rollout runs', async () => {
    const [victim] = await store.instances.live({ service: 'whole' });
    await store.instances.setStatus(victim?.id ?? '', 'failed', 'Its machine is gone from host h1.');
    const before = await store.events.latestId();
    for (let time = 0; time < 2; time += 1) await look();
    expect((await openOf('whole')).map(({ kind }) => kind).toSorted()).toEqual([
      'instance.create',
      'instance.discontinue',
    ]);
    const told = (await store.events.after(before, { limit: 100 })).filter(
      ({ type }) => type === 'service.note',
    );
    expect(told.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        action: 'discontinue',
        instanceId: victim?.id,
        reason: 'it failed and what is left of it is cleared away: Its machine is gone from host h1.',
      }),
      expect.objectContaining({
        action: 'cast',
        reason: '1 of 2 available, 1 failed: one machine of iteration 1 may be cast',
      }),
    ]);
  });

  it('takes a half-made machine that no operation works on for failed', async () => {
    await store.services.declare('deserted', spec, sampleSettings(1), 'test');
    const id = randomUUID();
    const mac = macOf(id);
    const place = { id, service: 'deserted', iteration: 1, host: 'h1', mac, memoryMiB: 128, range: null };
    await store.instances.reserve(place);
    await look();
    expect(await store.instances.require(id)).toMatchObject({
      status: 'failed',
      statusReason: 'It is pending, and no operation works on it any more.',
    });
    await look();
    expect((await openOf('deserted')).map(({ kind }) => kind)).toContain('instance.discontinue');
  });

  it('leaves a service that is being deleted to the operation that deletes it, and its rollout ends with it', async () => {
    const { operation } = await store.services.declare('leaving', spec, sampleSettings(1), 'test');
    if (operation === null) throw new Error('there is no rollout');
    await store.services.markDeleting('leaving');
    await look();
    expect(await openOf('leaving')).toEqual([]);
    await store.services.markDeleted('leaving');
    expect(await statusOf(operation)).toBe('cancelled');
    expect(await store.rollouts.running('leaving')).toBeUndefined();
  });
});
