import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GIB, macOf } from '@diecast/model';
import type { Store } from '@diecast/store';
import {
  insertImage,
  insertProvenImage,
  sampleEvidence,
  sampleFacts,
  sampleSettings,
  sampleSpec,
} from '../../harness/samples.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

describe.each(DATABASES)('the nouns on %s', (database) => {
  let underTest: StoreUnderTest;
  let store: Store;

  beforeAll(async () => {
    underTest = await prepareStore(database);
    store = await underTest.open();
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await underTest.close();
  });

  const reserve = async (
    service: string,
    range: { rangeStart: string; rangeEnd: string } | null,
    memoryMiB = 128,
  ) => {
    const id = randomUUID();
    return store.instances.reserve({
      id,
      service,
      iteration: 1,
      host: 'h1',
      mac: macOf(id),
      memoryMiB,
      range: range && { network: 'br0', ...range },
    });
  };

  it('keeps a host, refuses a second one of its name, and a transition that the table lacks', async () => {
    const host = await store.hosts.insert({ name: 'h2', uri: 'qemu+tls://h2/system', migrationUri: null });
    expect(host).toMatchObject({ name: 'h2', status: 'unreachable', facts: null });
    expect(host.createdAt).toBeInstanceOf(Date);
    await expect(
      store.hosts.insert({ name: 'h2', uri: 'qemu+tls://h3/system', migrationUri: null }),
    ).rejects.toMatchObject({ code: 'already_exists' });
    await store.hosts.setStatus('h2', 'ready', null);
    await expect(store.hosts.setStatus('h2', 'fenced', null)).rejects.toMatchObject({ code: 'conflict' });
    await store.hosts.recordFacts('h2', sampleFacts(GIB));
    expect((await store.hosts.require('h2')).facts?.memoryBytes).toBe(GIB);
    await store.hosts.delete('h2');
    expect(await store.hosts.find('h2')).toBeUndefined();
  });

  it('walks a list by its cursor without a gap or a repetition, and refuses a cursor that is none', async () => {
    const names = ['pa', 'pb', 'pc', 'pd', 'pe'];
    for (const name of names) await insertImage(store, 'paged', name);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.images.list({ name: 'paged', limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...page.items.map((image) => image.version));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen.toSorted()).toEqual(names);
    await expect(store.images.list({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(store.images.list({ limit: 501 })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('resolves an image by digest, by name to the newest proven one, and by name and version', async () => {
    const proven = await insertProvenImage(store, 'resolved', '1');
    const newer = await insertImage(store, 'resolved', '2');
    expect((await store.images.resolve('resolved')).digest).toBe(proven);
    expect((await store.images.resolve('resolved:2')).digest).toBe(newer);
    expect((await store.images.resolve(newer)).version).toBe('2');
    await expect(store.images.resolve('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('declares: created, then nothing, then scale, then settings, then an iteration that supersedes (SPEC-ITER-2)', async () => {
    const image = await insertProvenImage(store, 'declared');
    const created = await store.services.declare('web', sampleSpec(image), sampleSettings(2), 'ann');
    expect(created).toMatchObject({
      change: 'created',
      iteration: { number: 1 },
      rollout: { number: 1, fromIteration: null, toIteration: 1, trigger: 'declared' },
      operation: { kind: 'service.rollout', status: 'running', createdBy: 'ann' },
    });
    const same = await store.services.declare('web', sampleSpec(image), sampleSettings(2), 'ann');
    expect(same).toMatchObject({ change: 'none', rollout: null, operation: null });

    const scaled = await store.services.declare('web', sampleSpec(image), sampleSettings(3), 'ann');
    expect(scaled).toMatchObject({
      change: 'settings',
      rollout: { number: 2, trigger: 'scale', toIteration: 1 },
    });
    expect(await store.rollouts.find('web', 1)).toMatchObject({ status: 'superseded' });
    expect(await store.operations.require(created.operation?.id ?? '')).toMatchObject({
      status: 'cancelled',
      error: { code: 'cancelled', message: 'It was superseded by rollout 2.' },
    });

    const spread = { ...sampleSettings(3), placement: { hosts: [], spread: 'none' as const } };
    const settings = await store.services.declare('web', sampleSpec(image), spread, 'ann');
    expect(settings).toMatchObject({ change: 'settings', rollout: null });
    expect(settings.service.placement.spread).toBe('none');

    const next = await store.services.declare('web', sampleSpec(image, 256), spread, 'ann');
    expect(next).toMatchObject({
      change: 'iteration',
      iteration: { number: 2 },
      rollout: { number: 3, fromIteration: 1 },
    });
    await store.rollouts.addNotes('web', 3, [{ at: 'now', action: 'create', reason: 'because' }]);
    await store.rollouts.finish('web', 3, 'failed', 'never healthy');
    expect(await store.rollouts.find('web', 3)).toMatchObject({
      status: 'failed',
      notes: [{ action: 'create' }],
    });
    expect((await store.operations.require(next.operation?.id ?? '')).status).toBe('failed');

    await expect(store.services.rollBack('web', null, 'rollback', 'ann')).rejects.toMatchObject({
      code: 'conflict',
    });
    await store.services.markKnownGood('web', 1, new Date());
    const back = await store.services.rollBack('web', null, 'rollback', 'ann');
    expect(back.rollout).toMatchObject({ number: 4, fromIteration: 2, toIteration: 1, trigger: 'rollback' });
    expect((await store.services.require('web')).iteration).toBe(1);
  });

  it('takes only a proven image into an iteration (SPEC-IMG-2)', async () => {
    const image = await insertImage(store, 'unproven');
    await expect(
      store.services.declare('nope', sampleSpec(image), sampleSettings(1), 'ann'),
    ).rejects.toMatchObject({
      code: 'image_unproven',
    });
    expect(await store.services.find('nope')).toBeUndefined();
  });

  it('begins a deleted service anew where its iterations ended', async () => {
    const image = await insertProvenImage(store, 'reborn');
    await store.services.declare('reborn', sampleSpec(image), sampleSettings(1), 'ann');
    await store.services.markDeleting('reborn');
    await expect(
      store.services.declare('reborn', sampleSpec(image), sampleSettings(1), 'ann'),
    ).rejects.toMatchObject({ code: 'conflict' });
    await store.services.markDeleted('reborn');
    const again = await store.services.declare('reborn', sampleSpec(image), sampleSettings(1), 'ann');
    expect(again).toMatchObject({
      change: 'created',
      iteration: { number: 2 },
      service: { status: 'active' },
    });
  });

  it('gives every instance an address of its own, also when many ask at once, and says when none is left', async () => {
    const image = await insertProvenImage(store, 'addressed');
    await store.services.declare('addressed', sampleSpec(image), sampleSettings(1), 'ann');
    const range = { rangeStart: '10.0.0.10', rangeEnd: '10.0.0.17' };
    const made = await Promise.all(Array.from({ length: 8 }, () => reserve('addressed', range)));
    expect(new Set(made.map((instance) => instance.address)).size).toBe(8);
    await expect(reserve('addressed', range)).rejects.toMatchObject({ code: 'no_address' });

    const [first] = made;
    await store.instances.release(first?.id ?? '');
    expect((await reserve('addressed', range)).address).toBe(first?.address);
    expect((await store.instances.require(first?.id ?? '')).address).toBe(first?.address);
  });

  it('never promises more memory than a host has, also when many ask at once', async () => {
    const image = await insertProvenImage(store, 'memory');
    await store.services.declare('memory', sampleSpec(image), sampleSettings(1), 'ann');
    await store.hosts.insert({ name: 'small', uri: 'qemu+tls://small/system', migrationUri: null });
    await store.hosts.recordFacts('small', sampleFacts(GIB));
    const asked = await Promise.allSettled(
      Array.from({ length: 6 }, () => {
        const id = randomUUID();
        const base = { id, service: 'memory', iteration: 1, mac: macOf(id), memoryMiB: 256, range: null };
        return store.instances.reserve({ ...base, host: 'small' });
      }),
    );
    expect(asked.filter((one) => one.status === 'fulfilled')).toHaveLength(4);
    const refused = asked.filter((one) => one.status === 'rejected');
    expect(refused.map((one) => one.reason.code)).toEqual(['no_capacity', 'no_capacity']);
    expect((await store.instances.load()).find((row) => row.host === 'small')).toEqual({
      host: 'small',
      memoryMiB: 1024,
      instances: 4,
    });
  });

  it('reserves once for one id, and follows the state table of instances', async () => {
    const instance = await reserve('addressed', null);
    const again = await store.instances.reserve({
      id: instance.id,
      service: 'addressed',
      iteration: 1,
      host: 'h1',
      mac: instance.mac,
      memoryMiB: 128,
      range: null,
    });
    expect(again).toEqual(instance);
    await expect(store.instances.setStatus(instance.id, 'available', null)).rejects.toMatchObject({
      code: 'conflict',
    });
    for (const status of ['assembling', 'validating', 'available'] as const) {
      await store.instances.setStatus(instance.id, status, null);
    }
    const updated = await store.instances.update(instance.id, { healthy: true, generation: 2 });
    expect(updated).toMatchObject({ healthy: true, generation: 2, host: 'h1' });
    expect(updated.availableAt).toBeInstanceOf(Date);
    await store.instances.setStatus(instance.id, 'failed', 'gone');
    expect((await store.instances.live()).map((one) => one.id)).not.toContain(instance.id);
  });

  it('remembers since when a machine is in traffic, or out of it, also when it comes back', async () => {
    const { id } = await reserve('addressed', null);
    const change = (inTraffic: boolean) => store.instances.update(id, { inTraffic });
    const first = await change(true);
    expect([first.inTrafficAt, first.drainedAt]).toEqual([expect.any(Date), null]);
    expect((await change(true)).inTrafficAt).toEqual(first.inTrafficAt);
    const out = await change(false);
    expect([out.inTrafficAt, out.drainedAt]).toEqual([first.inTrafficAt, expect.any(Date)]);
    expect((await change(false)).drainedAt).toEqual(out.drainedAt);
    // Times keep milliseconds.
    await sleep(5);
    const again = await change(true);
    expect(again.inTrafficAt?.getTime()).toBeGreaterThan(first.inTrafficAt?.getTime() ?? Infinity);
    expect(again.drainedAt).toBeNull();
  });

  it('keeps host files and snapshots', async () => {
    const instance = await reserve('addressed', null);
    const file = {
      host: 'h1',
      name: 'a.qcow2',
      kind: 'layer',
      sizeBytes: 5,
      backing: 'b.blob',
      owner: instance.id,
    } as const;
    expect(await store.hostFiles.begin(file)).toMatchObject({ state: 'writing', bytesDone: 0 });
    await store.hostFiles.recordProgress('h1', 'a.qcow2', 3);
    expect(await store.hostFiles.begin(file)).toMatchObject({ state: 'writing', bytesDone: 3 });
    await store.hostFiles.recordPresent('h1', 'a.qcow2', 5);
    expect(await store.hostFiles.dependants('h1', 'b.blob')).toMatchObject([
      { name: 'a.qcow2', state: 'present' },
    ]);

    const id = randomUUID();
    const { service, iteration } = instance;
    await store.snapshots.insert({
      id,
      instanceId: instance.id,
      service,
      iteration,
      host: 'h1',
      name: 's',
      withMemory: true,
    });
    await store.snapshots.recordResult(id, { pauseMilliseconds: 12.5, quiesce: 'none' });
    await store.snapshots.setStatus(id, 'ready', null);
    expect(await store.snapshots.require(id)).toMatchObject({ status: 'ready', pauseMilliseconds: 12.5 });
  });

  it('answers an unknown or ill-formed id with not_found', async () => {
    await expect(store.instances.require(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.instances.require('../../etc/passwd')).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.operations.require('nonsense')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses to delete an image that a service may still boot, and keeps the first proof', async () => {
    const image = await insertProvenImage(store, 'used');
    await store.services.declare('user', sampleSpec(image), sampleSettings(1), 'ann');
    await expect(store.images.delete(image)).rejects.toMatchObject({ code: 'in_use' });
    const again = await store.images.recordProof(image, { ...sampleEvidence, host: 'other' });
    expect(again.evidence?.host).toBe('h1');
  });
});
