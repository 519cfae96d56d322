import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { macOf, mib } from '@diecast/model';
import type { Store } from '@diecast/store';
import { insertProvenImage, sampleFacts, sampleSettings, sampleSpec } from '../../harness/samples.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

describe.each(DATABASES)('the room of machines that move, on %s', (database) => {
  let underTest: StoreUnderTest;
  let store: Store;
  const machines = [randomUUID(), randomUUID(), randomUUID()] as const;

  beforeAll(async () => {
    underTest = await prepareStore(database);
    store = await underTest.open();
    for (const [name, memoryMiB] of [
      ['from', 1024],
      ['to', 200],
    ] as const) {
      await store.hosts.insert({ name, uri: `qemu+tls://${name}/system`, migrationUri: null });
      await store.hosts.recordFacts(name, sampleFacts(mib(memoryMiB)));
    }
    const image = await insertProvenImage(store, 'moved');
    await store.services.declare('web', sampleSpec(image), sampleSettings(1), 'test');
    const place = { service: 'web', iteration: 1, host: 'from', memoryMiB: 128, range: null };
    for (const id of machines) await store.instances.reserve({ ...place, id, mac: macOf(id) });
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await underTest.close();
  });

  const loadOf = async (host: string) => (await store.instances.load()).find((each) => each.host === host);

  it('is promised on both hosts, to one of two that want the last of it', async () => {
    const [one, two] = machines;
    const ends = await Promise.allSettled([one, two].map((id) => store.instances.beginMove(id, 'to')));
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'no_capacity' },
    });
    expect(await loadOf('from')).toMatchObject({ memoryMiB: 384, instances: 3 });
    expect(await loadOf('to')).toMatchObject({ memoryMiB: 128, instances: 1 });
    await expect(store.hosts.delete('to')).rejects.toMatchObject({ code: 'in_use' });
    for (const id of [one, two]) await store.instances.endMove(id);
    expect(await loadOf('to')).toBeUndefined();
  });

  it('goes along with the machine that arrives', async () => {
    const [one, two] = machines;
    await store.instances.beginMove(one, 'to');
    await store.instances.beginMove(one, 'to');
    await store.instances.endMove(one, { host: 'to', generation: 2 });
    expect(await store.instances.require(one)).toMatchObject({ host: 'to', generation: 2 });
    expect(await loadOf('from')).toMatchObject({ memoryMiB: 256, instances: 2 });
    expect(await loadOf('to')).toMatchObject({ memoryMiB: 128, instances: 1 });
    await expect(store.instances.beginMove(two, 'to')).rejects.toMatchObject({ code: 'no_capacity' });
    await expect(store.instances.beginMove(two, 'nowhere')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is free again when the machine ends on its way', async () => {
    const [one, , three] = machines;
    await store.instances.release(one);
    await store.instances.beginMove(three, 'to');
    await store.instances.release(three);
    expect(await loadOf('to')).toBeUndefined();
  });
});
