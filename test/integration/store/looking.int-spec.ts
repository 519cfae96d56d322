import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GIB, macOf } from '@diecast/model';
import type { Store } from '@diecast/store';
import { insertProvenImage, sampleFacts, sampleSettings, sampleSpec } from '../../harness/samples.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

describe.each(DATABASES)('what controllers look at, on %s', (database) => {
  let underTest: StoreUnderTest;
  let store: Store;

  beforeAll(async () => {
    underTest = await prepareStore(database);
    store = await underTest.open();
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    const image = await insertProvenImage(store, 'looked-at');
    await store.services.declare('web', sampleSpec(image), sampleSettings(1), 'test');
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await underTest.close();
  });

  const cast = async (): Promise<string> => {
    const id = randomUUID();
    const mac = macOf(id);
    await store.instances.reserve({
      id,
      service: 'web',
      iteration: 1,
      host: 'h1',
      mac,
      memoryMiB: 128,
      range: null,
    });
    for (const status of ['assembling', 'validating', 'available'] as const)
      await store.instances.setStatus(id, status, null);
    return id;
  };
  const latest = (): Promise<string> => store.events.latestId();

  it('gives a host that was silent back what it was, and leaves every other alone', async () => {
    expect((await store.hosts.comeBack('h1')).status).toBe('ready');
    await store.hosts.setStatus('h1', 'cordoned', 'maintenance');
    expect((await store.hosts.comeBack('h1')).status).toBe('cordoned');
    await store.hosts.setStatus('h1', 'unreachable', 'no answer');
    await store.hosts.setStatus('h1', 'unreachable', 'still no answer');
    expect(await store.hosts.comeBack('h1')).toMatchObject({ status: 'cordoned', statusReason: null });
    await store.hosts.setStatus('h1', 'ready', null);
    await expect(store.hosts.comeBack('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refreshes the room of a host whose facts are known, and only that', async () => {
    await store.hosts.recordSeen('h1', new Date(1000), 5 * GIB);
    expect(await store.hosts.require('h1')).toMatchObject({ facts: null, lastSeenAt: new Date(1000) });
    await store.hosts.recordFacts('h1', sampleFacts(GIB));
    await store.hosts.recordSeen('h1', new Date(2000), 5 * GIB);
    const { facts } = await store.hosts.require('h1');
    const { pool, ...rest } = sampleFacts(GIB);
    expect(facts).toEqual({ ...rest, pool: { ...pool, availableBytes: 5 * GIB } });
  });

  it('records the health of an available machine, and tells it once', async () => {
    const id = await cast();
    const before = await latest();
    await store.instances.recordHealth(id, true);
    await store.instances.recordHealth(id, true);
    const told = await store.events.after(before, { limit: 10 });
    expect(told.map(({ type }) => type)).toEqual(['instance.changed']);
    await store.instances.setStatus(id, 'failed', 'its domain is gone');
    await store.instances.recordHealth(id, true);
    expect((await store.instances.require(id)).healthy).toBe(false);
  });

  it('names a failed machine as reserved until it is released', async () => {
    const id = await cast();
    await store.instances.setStatus(id, 'failed', 'its domain is gone');
    const ids = async (): Promise<readonly string[]> =>
      (await store.instances.reserved({ service: 'web', host: 'h1' })).map((instance) => instance.id);
    expect(await ids()).toContain(id);
    expect((await store.instances.live({ service: 'web' })).map((each) => each.id)).not.toContain(id);
    await store.instances.release(id);
    expect(await ids()).not.toContain(id);
  });

  it('lists what is open, and the casts that are over with their error', async () => {
    const input = { instanceId: randomUUID(), service: 'web', iteration: 1, host: null };
    const resources = [
      { type: 'instance', id: input.instanceId },
      { type: 'service', id: 'web' },
    ] as const;
    const operation = await store.operations.insert({
      kind: 'instance.create',
      input,
      resources,
      createdBy: 'test',
    });
    const open = await store.operations.open();
    // The service's own rollout is a controller's, and is not among them.
    expect(open).toEqual([
      {
        id: operation.id,
        kind: 'instance.create',
        status: 'pending',
        input,
        resources,
        parentId: null,
        mayCancel: true,
        cancelRequested: false,
        createdAt: operation.createdAt,
      },
    ]);
    expect(await store.operations.endedCasts('web', 10)).toEqual([]);
    await store.operations.requestCancel(operation.id);
    expect(await store.operations.open()).toEqual([]);
    expect(await store.operations.endedCasts('web', 10)).toMatchObject([
      { iteration: 1, status: 'cancelled', error: { code: 'cancelled' } },
    ]);
    expect(await store.operations.endedCasts('other', 10)).toEqual([]);
  });

  it('names the last iteration that was good, other than one', async () => {
    expect(await store.services.lastKnownGood('web', 2)).toBeNull();
    await store.services.markKnownGood('web', 1, new Date());
    expect(await store.services.lastKnownGood('web', 2)).toBe(1);
    expect(await store.services.lastKnownGood('web', 1)).toBeNull();
  });

  it('shows one moment however long the look takes, and lets nothing be changed in it', async () => {
    const id = await cast();
    const looked = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const looking = store.look(async (moment) => {
      const first = await moment.instances.require(id);
      looked.resolve();
      await changed.promise;
      const second = await moment.instances.require(id);
      await expect(async () => moment.instances.setStatus(id, 'failed', null)).rejects.toMatchObject({
        code: 'internal',
      });
      return { first, second };
    });
    await looked.promise;
    const changing = store.instances.setStatus(id, 'draining', null);
    // PGlite is one connection: there a change waits until the look is over.
    if (database === 'PostgreSQL') await changing;
    changed.resolve();
    const { first, second } = await looking;
    expect(second).toEqual(first);
    await changing;
    expect((await store.instances.require(id)).status).toBe('draining');
  });

  it('adds up what a machine has served, although the counters of its balancer begin anew', async () => {
    const id = await cast();
    const count = async (requests: number, failures: number): Promise<unknown> => {
      await store.instances.recordServed(id, { requests, failures });
      return (await store.instances.require(id)).served;
    };
    expect((await store.instances.require(id)).served).toBeNull();
    const before = await latest();
    expect(await count(10, 1)).toEqual({ requests: 10, failures: 1 });
    expect(await count(10, 1)).toEqual({ requests: 10, failures: 1 });
    expect(await count(15, 2)).toEqual({ requests: 15, failures: 2 });
    // The balancer was restarted.
    expect(await count(4, 0)).toEqual({ requests: 19, failures: 2 });
    expect(await latest()).toBe(before);
    // It has another server when it comes back.
    await store.instances.update(id, { inTraffic: false });
    expect(await count(6, 1)).toEqual({ requests: 25, failures: 3 });
  });
});
