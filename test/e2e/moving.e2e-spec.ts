import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Instance, Json, Operation } from '@diecast/model';
import { FLOWS } from '@diecast/flows';
import { setLink } from '../../apps/lab/src/lab.js';
import { leaveToDie } from '../harness/dead-worker.js';
import { startLab } from '../harness/lab.js';
import { openServices, type TestServices } from '../harness/services.js';
import {
  ask,
  declareTiny,
  leftOn,
  putData,
  recordedOn,
  registerHosts,
  requireSucceeded,
} from '../harness/tiny-service.js';

const command = promisify(execFile);

describe('machines that leave a host', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let run: TestServices['run'];
  const [one, two, snapshot] = [randomUUID(), randomUUID(), randomUUID()];
  const replacement = randomUUID();

  const instance = (id: string): Promise<Instance> => store.instances.require(id);
  const statusOf = async (name: string): Promise<string> => (await store.hosts.require(name)).status;
  const done = async (kind: Operation['kind'], input: Json): Promise<Operation> =>
    requireSucceeded(await run(kind, input));
  const virsh = (host: string, ...args: readonly string[]): Promise<unknown> => {
    const found = lab.hosts.find(({ name }) => name === host);
    return command('virsh', ['-c', found?.localUri ?? '', ...args]);
  };

  /** The migration that runs, as soon as bytes flow. @param whole what it belongs to, which must not end before that */
  async function onceUnderWay(whole: Promise<Operation>): Promise<Operation> {
    let end: Operation | undefined;
    void whole.then((operation) => (end = operation));
    for (;;) {
      const seen = await store.events.latestId();
      const { items } = await store.operations.list({ kind: 'instance.migrate', status: 'running' });
      const found = items.find(({ progress }) => (progress.data?.['processedBytes'] ?? 0) > 0);
      if (found !== undefined) return found;
      if (end !== undefined) throw new Error(`It ended ${end.status}: ${JSON.stringify(end.error)}`);
      await store.events.wait(500, undefined, seen);
    }
  }

  /** How much memory the machine dirties from now on. */
  const dirty = (address: string | null, mibPerSecond: number): Promise<Response> =>
    fetch(`http://${address}/load?mibPerSecond=${mibPerSecond}&mib=40`, {
      method: 'POST',
      signal: AbortSignal.timeout(20_000),
    });

  beforeAll(async () => {
    lab = await startLab('moving', 2);
    services = await openServices(FLOWS);
    ({ store, run } = services);
    await registerHosts(services, lab);
    await declareTiny(services, lab, 'web');
    for (const instanceId of [one, two])
      await done('instance.create', { instanceId, service: 'web', iteration: 1, host: 'a' });
  }, 600_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it('refuses a host whose accelerator the machine does not run on', async () => {
    const { facts } = await store.hosts.require('b');
    if (facts === null) throw new Error('host b has not been looked at');
    const other = facts.accelerator === 'tcg' ? 'kvm' : 'tcg';
    await store.hosts.recordFacts('b', { ...facts, accelerator: other });
    for (const host of ['b', null]) {
      const refused = await run('instance.migrate', { instanceId: one, host });
      expect(refused).toMatchObject({ status: 'failed', error: { code: 'incompatible' } });
    }
    await store.hosts.recordFacts('b', facts);
    expect(await leftOn(services, 'b')).toEqual([]);
  }, 60_000);

  it('stays where it was when its move is cancelled, and nothing is left at the target (SPEC-MIG-2)', async () => {
    const { address, generation } = await instance(one);
    await putData(address, 'kept');
    await dirty(address, 20);
    const moving = run('instance.migrate', { instanceId: one, host: 'b', bandwidthMiBps: 2 });
    const { id, progress } = await onceUnderWay(moving);
    expect(Object.keys(progress.data ?? {})).toEqual(
      expect.arrayContaining(['processedBytes', 'dirtyBytesPerSecond', 'expectedDowntimeMs']),
    );
    await store.operations.requestCancel(id);
    expect(await moving).toMatchObject({ status: 'cancelled' });
    expect(await instance(one)).toMatchObject({ host: 'a', generation, status: 'available' });
    expect(await leftOn(services, 'b')).toEqual([]);
    expect(await recordedOn(services, 'b')).toEqual([]);
    await dirty(address, 0);
    expect(await ask(address)).toEqual({ instance: one, data: 'kept' });
  }, 240_000);

  it('lets a host be what it was when its draining is cancelled', async () => {
    const { address } = await instance(one);
    await setLink(lab.dir, 'b', 'rate=40mbit');
    await dirty(address, 20);
    const draining = run('host.drain', { name: 'a' });
    await onceUnderWay(draining);
    expect(await statusOf('a')).toBe('draining');
    const [drain] = (await store.operations.list({ kind: 'host.drain', status: 'running' })).items;
    expect(drain?.progress.message).toBe('0 of 2 moved');
    await store.operations.requestCancel(drain?.id ?? '');
    expect(await draining).toMatchObject({ status: 'cancelled' });
    await setLink(lab.dir, 'b', 'on');
    expect(await statusOf('a')).toBe('ready');
    for (const id of [one, two]) {
      expect(await instance(id)).toMatchObject({ host: 'a', status: 'available' });
      expect(await ask((await instance(id)).address)).toMatchObject({ instance: id });
    }
    expect(await leftOn(services, 'b')).toEqual([]);
    expect((await store.instances.load()).map(({ host }) => host)).toEqual(['a']);
    await dirty(address, 0);
  }, 240_000);

  it('is followed by another worker when the one that began the move has died (SPEC-MIG-1)', async () => {
    const { address, generation, activeLayer } = await instance(one);
    const [a, b] = [await store.hosts.require('a'), await store.hosts.require('b')];
    const name = activeLayer ?? '';
    const known = await store.hostFiles.find('a', name);
    if (known?.backing == null) throw new Error('the machine has no layer');
    const { backing, sizeBytes: virtualSize } = known;
    await store.instances.beginMove(one, 'b');
    await store.hostFiles.begin({ ...known, host: 'b' });
    const below = { name: backing, format: 'raw' as const };
    await services.hypervisors.at(b).files.createLayer({ name, virtualSize, backing: below });
    const orphan = await leaveToDie(store, {
      kind: 'instance.migrate',
      input: { instanceId: one, host: 'b' },
      finished: [
        ['choose', { from: 'a', host: 'b' }],
        ['prepare', {}],
      ],
      begun: 'move',
    });
    const target = new URL(b.uri).hostname;
    const { migrations } = services.hypervisors.at(a);
    const limits = { migrationUri: `qemu+tls://${target}/system`, address: target, bandwidthMiBps: 16 };
    const moving = migrations.migrate(one, limits);
    while ((await migrations.readMigration(one)) === undefined) await sleep(100);
    // Whatever is asked for: a worker looks for all that can be worked on.
    await run('snapshot.delete', { snapshotId: randomUUID() });
    await moving;
    const carried = await store.operations.require(orphan);
    expect(carried).toMatchObject({ status: 'succeeded', error: null, result: { host: 'b' } });
    expect(await instance(one)).toMatchObject({ host: 'b', generation: generation + 1 });
    expect(await ask(address)).toEqual({ instance: one, data: 'kept' });
    await done('instance.migrate', { instanceId: one, host: 'a' });
    expect(await leftOn(services, 'b')).toEqual([]);
  }, 240_000);

  it('empties a host while its machines answer, and snapshots stay there (SPEC-HOST-2)', async () => {
    const input = { snapshotId: snapshot, instanceId: two, name: 'before', withMemory: true, quiesce: false };
    await done('instance.snapshot', input);
    const drained = await done('host.drain', { name: 'a' });
    expect(drained.result).toEqual({ host: 'a', migrated: 2, replaced: 0 });
    expect(await statusOf('a')).toBe('cordoned');
    for (const id of [one, two]) {
      const { host, address } = await instance(id);
      expect(host).toBe('b');
      expect(await ask(address)).toMatchObject({ instance: id });
    }
    expect(await ask((await instance(one)).address)).toEqual({ instance: one, data: 'kept' });
    const { layer, memoryFile } = await store.snapshots.require(snapshot);
    expect(await leftOn(services, 'a')).toEqual([layer, memoryFile]);
    const moves = await store.journal.children(drained.id);
    expect(moves).toHaveLength(2);
    for (const { result } of moves) {
      const { host, downtimeMs } = result as { readonly host: string; readonly downtimeMs: number };
      expect(host).toBe('b');
      expect(downtimeMs).toBeGreaterThan(0);
    }
  }, 300_000);

  it('says which hosts have no room, and then the host is what it was', async () => {
    const full = await run('host.drain', { name: 'b' });
    expect(full).toMatchObject({ status: 'failed', error: { code: 'no_capacity' } });
    expect(full.error?.message).toContain('a is cordoned');
    expect(await statusOf('b')).toBe('ready');
    const failed = await run('instance.replace', { instanceId: one, replacementId: replacement, host: 'a' });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'no_capacity' } });
    expect(await instance(one)).toMatchObject({ status: 'available', host: 'b' });
    expect(await store.instances.find(replacement)).toBeUndefined();
  }, 120_000);

  it('replaces a machine, and the old one goes only when the new one serves', async () => {
    await store.hosts.setStatus('a', 'ready', null);
    const next = randomUUID();
    const replaced = await done('instance.replace', { instanceId: one, replacementId: next, host: 'a' });
    expect(replaced.result).toEqual({ instanceId: one, replacementId: next, host: 'a' });
    expect(await instance(one)).toMatchObject({ status: 'discontinued' });
    const { address } = await instance(next);
    expect(await ask(address)).toEqual({ instance: next, data: '' });
  }, 240_000);

  it('replaces what cannot move, when its host is drained', async () => {
    await virsh('b', 'suspend', two);
    const drained = await done('host.drain', { name: 'b' });
    expect(drained.result).toEqual({ host: 'b', migrated: 0, replaced: 1 });
    expect(await leftOn(services, 'b')).toEqual([]);
    expect((await store.instances.live({ host: 'a' })).map(({ status }) => status)).toEqual([
      'available',
      'available',
    ]);
  }, 240_000);

  it('deletes no service that has a snapshot, and then all of it (SPEC-INST-1)', async () => {
    await done('snapshot.restore', { snapshotId: snapshot, instanceId: randomUUID() });
    const refused = await run('service.delete', { service: 'web' });
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'in_use' } });
    expect(refused.error?.message).toContain(snapshot);
    expect(await store.services.require('web')).toMatchObject({ status: 'active' });
    expect((await store.instances.live()).map(({ status }) => status)).toEqual(Array(3).fill('available'));
    await done('snapshot.delete', { snapshotId: snapshot });
    const deleted = await done('service.delete', { service: 'web' });
    expect(deleted.result).toEqual({ service: 'web', discontinued: 3 });
    expect(await store.services.require('web')).toMatchObject({ status: 'deleted' });
    for (const name of ['a', 'b']) {
      expect(await leftOn(services, name)).toEqual([]);
      expect(await recordedOn(services, name)).toEqual([]);
    }
    expect(await store.instances.load()).toEqual([]);
  }, 300_000);
});
