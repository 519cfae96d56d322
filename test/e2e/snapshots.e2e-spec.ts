import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { layerFileName, memoryFileName, type Instance, type Json, type Operation } from '@diecast/model';
import { FLOWS } from '@diecast/flows';
import { leaveToDie } from '../harness/dead-worker.js';
import { startDhcp } from '../harness/dhcp.js';
import { startLab } from '../harness/lab.js';
import { sampleSettings } from '../harness/samples.js';
import { openServices, type TestServices } from '../harness/services.js';
import { withSmallPool } from '../harness/small-pool.js';
import {
  ask,
  declareTiny,
  leftOn,
  putData,
  recordedOn,
  registerHosts,
  requireSucceeded,
} from '../harness/tiny-service.js';

/** Who answers at the address, asked over and over until the signal aborts; `nobody` when a request fails. */
async function askOn(address: string | null, over: AbortSignal): Promise<readonly string[]> {
  const answers: string[] = [];
  while (!over.aborted) {
    const answer = await ask(address).then(
      ({ instance }) => instance,
      () => 'nobody',
    );
    answers.push(answer);
    await sleep(50);
  }
  return answers;
}

describe('snapshots as operations', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let run: TestServices['run'];
  const machine = randomUUID();
  const [first, second] = [randomUUID(), randomUUID()];
  const [restored, booted, later] = [randomUUID(), randomUUID(), randomUUID()];

  const instance = (id: string): Promise<Instance> => store.instances.require(id);
  const done = async (kind: Operation['kind'], input: Json): Promise<Operation> =>
    requireSucceeded(await run(kind, input));
  const take = (instanceId: string, snapshotId: string, withMemory: boolean): Promise<Operation> =>
    done('instance.snapshot', { snapshotId, instanceId, name: 'test', withMemory, quiesce: false });

  /** Leaves an operation as a worker does that dies when the host has just taken the snapshot. */
  async function dieAfterTaking(instanceId: string, snapshotId: string): Promise<string> {
    const input = { snapshotId, instanceId, name: 'orphan', withMemory: true, quiesce: false };
    const { service, iteration, activeLayer } = await instance(instanceId);
    const frozen = activeLayer ?? '';
    const [newLayer, memoryFile] = [layerFileName(instanceId, snapshotId), memoryFileName(snapshotId)];
    await store.snapshots.insert({ ...input, id: snapshotId, service, iteration, host: 'a' });
    const layer = { host: 'a', name: newLayer, kind: 'layer', sizeBytes: 1, backing: frozen } as const;
    await store.hostFiles.begin({ ...layer, owner: instanceId });
    const memory = { host: 'a', name: memoryFile, kind: 'memory', sizeBytes: 0, backing: null } as const;
    await store.hostFiles.begin({ ...memory, owner: snapshotId });
    const orphan = await leaveToDie(store, {
      kind: 'instance.snapshot',
      input,
      finished: [
        ['check', { snapshotId, host: 'a', frozen }],
        ['record', {}],
      ],
      begun: 'take',
    });
    const on = services.hypervisors.at(await store.hosts.require('a'));
    await on.snapshots.snapshotMachine(instanceId, { newLayer, memoryFile, quiesce: false });
    return orphan;
  }

  beforeAll(async () => {
    lab = await startLab('snapshots', 1);
    services = await openServices(FLOWS);
    ({ store, run } = services);
    await registerHosts(services, lab);
    await declareTiny(services, lab, 'web');
    await done('instance.create', { instanceId: machine, service: 'web', iteration: 1, host: 'a' });
  }, 400_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it('takes a snapshot with memory and one of the disk alone, each with its pause and size', async () => {
    const { address } = await instance(machine);
    await putData(address, 'first');
    const withMemory = await take(machine, first, true);
    await putData(address, 'second');
    const ofDisk = await take(machine, second, false);
    expect(withMemory.result).toMatchObject({ snapshotId: first, quiesce: 'none' });
    const { pauseMilliseconds, sizeBytes, ...rest } = await store.snapshots.require(first);
    expect(rest).toMatchObject({ status: 'ready', host: 'a', memoryFile: memoryFileName(first) });
    expect(pauseMilliseconds).toBeGreaterThan(0);
    expect(sizeBytes).toBeGreaterThan(1_000_000);
    expect(ofDisk.result).toMatchObject({ snapshotId: second, quiesce: 'none' });
    expect(await instance(machine)).toMatchObject({ activeLayer: layerFileName(machine, second) });
    expect(await ask(address)).toEqual({ instance: machine, data: 'second' });
    expect((await leftOn(services, 'a')).slice(1)).toEqual((await recordedOn(services, 'a')).toSorted());
  }, 300_000);

  it('refuses when the host has no room for the memory, before anything has happened', async () => {
    const before = await leftOn(services, 'a');
    const snapshotId = randomUUID();
    const input = { snapshotId, instanceId: machine, name: 'large', withMemory: true, quiesce: false };
    await withSmallPool(lab, '12m', async () => {
      const refused = await run('instance.snapshot', input);
      expect(refused).toMatchObject({ status: 'failed', error: { code: 'no_space' } });
    });
    expect(await store.snapshots.find(snapshotId)).toBeUndefined();
    expect(await leftOn(services, 'a')).toEqual(before);
    expect(await ask((await instance(machine)).address)).toMatchObject({ instance: machine });
  }, 120_000);

  it('restores new machines of their own identity, also after the first one is gone (SPEC-SNAP-1)', async () => {
    const [woken] = await Promise.all([
      done('snapshot.restore', { snapshotId: first, instanceId: restored }),
      done('snapshot.restore', { snapshotId: second, instanceId: booted }),
    ]);
    expect(woken.result).toMatchObject({ host: 'a' });
    await done('instance.discontinue', { instanceId: machine });
    await done('snapshot.restore', { snapshotId: first, instanceId: later });
    const expected = [
      [restored, 'first', first],
      [booted, '', second],
      [later, 'first', first],
    ] as const;
    const addresses = new Set<string | null>();
    for (const [id, data, restoredFrom] of expected) {
      const { address, ...rest } = await instance(id);
      expect(rest).toMatchObject({ status: 'available', restoredFrom, host: 'a' });
      expect(await ask(address)).toEqual({ instance: id, data });
      addresses.add(address);
    }
    expect(addresses.size).toBe(3);
  }, 600_000);

  it('deletes the older one first, and machines that stand on it run on (SPEC-SNAP-2)', async () => {
    await done('snapshot.delete', { snapshotId: first });
    await done('snapshot.delete', { snapshotId: second });
    for (const id of [restored, booted, later])
      expect(await ask((await instance(id)).address)).toMatchObject({ instance: id });
    const layers = [restored, booted, later].map((id) => layerFileName(id));
    expect((await leftOn(services, 'a')).filter((name) => !name.startsWith('diecast-'))).toEqual(
      layers.toSorted(),
    );
    expect((await recordedOn(services, 'a')).toSorted()).toEqual(layers.toSorted());
    const again = await run('snapshot.restore', { snapshotId: first, instanceId: randomUUID() });
    expect(again).toMatchObject({ status: 'failed', error: { code: 'conflict' } });
  }, 300_000);

  it('carries on where a dead worker had taken one, deletes the newer first, and takes back what was cancelled', async () => {
    await done('instance.discontinue', { instanceId: booted });
    await done('instance.discontinue', { instanceId: later });
    const [older, newer, unwanted] = [randomUUID(), randomUUID(), randomUUID()];
    const orphan = await dieAfterTaking(restored, older);
    await take(restored, newer, false);
    expect(await store.operations.require(orphan)).toMatchObject({
      status: 'succeeded',
      result: { snapshotId: older, pauseMilliseconds: null },
    });
    expect(await store.snapshots.require(older)).toMatchObject({
      status: 'ready',
      memoryFile: memoryFileName(older),
    });

    const cancelled = await dieAfterTaking(restored, unwanted);
    await store.operations.requestCancel(cancelled);
    await done('snapshot.delete', { snapshotId: newer });
    await done('snapshot.delete', { snapshotId: older });
    expect(await store.operations.require(cancelled)).toMatchObject({ status: 'cancelled' });
    expect(await store.snapshots.require(unwanted)).toMatchObject({ status: 'failed' });
    const { address, activeLayer } = await instance(restored);
    expect(activeLayer).toBe(layerFileName(restored, unwanted));
    expect(await ask(address)).toEqual({ instance: restored, data: 'first' });
    expect(await recordedOn(services, 'a')).toEqual([activeLayer]);
    expect((await leftOn(services, 'a')).slice(1)).toEqual([activeLayer]);
  }, 300_000);

  it('restores a machine that asks for an address of its own, while its origin answers on (SPEC-SNAP-1)', async () => {
    const dhcp = await startDhcp(lab);
    const [origin, copy, snapshotId] = [randomUUID(), randomUUID(), randomUUID()];
    try {
      const { spec } = await store.services.iteration('web', 1);
      const network = { ...spec.network, addressing: { mode: 'dhcp' } } as const;
      await store.services.declare('asking', { ...spec, network }, sampleSettings(1), 'test');
      await done('instance.create', { instanceId: origin, service: 'asking', iteration: 1, host: 'a' });
      const { address } = await instance(origin);
      await putData(address, 'kept');
      await take(origin, snapshotId, true);

      const over = new AbortController();
      const asking = askOn(address, over.signal);
      await done('snapshot.restore', { snapshotId, instanceId: copy });
      const other = (await instance(copy)).address;
      expect(await ask(other)).toEqual({ instance: copy, data: 'kept' });
      over.abort();
      const answers = await asking;
      expect(answers.length).toBeGreaterThan(10);
      expect(new Set(answers)).toEqual(new Set([origin]));
      expect(other).not.toBe(address);
    } finally {
      await dhcp.stop();
    }
    for (const instanceId of [origin, copy]) await done('instance.discontinue', { instanceId });
    await done('snapshot.delete', { snapshotId });
  }, 300_000);

  it('leaves nothing but images on the host, and refuses a machine that is gone', async () => {
    await done('instance.discontinue', { instanceId: restored });
    expect(await leftOn(services, 'a')).toEqual([]);
    expect(await recordedOn(services, 'a')).toEqual([]);
    expect(await store.instances.load()).toEqual([]);
    const input = {
      snapshotId: randomUUID(),
      instanceId: restored,
      name: 'late',
      withMemory: true,
      quiesce: false,
    };
    expect(await run('instance.snapshot', input)).toMatchObject({
      status: 'failed',
      error: { code: 'conflict' },
    });
    expect(await store.snapshots.find(input.snapshotId)).toBeUndefined();
  }, 120_000);
});
