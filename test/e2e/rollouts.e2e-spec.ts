import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobFileName, layerFileName, macOf, type Instance, type Operation } from '@diecast/model';
import { healthController, hostWatch, serviceController, watchHostEvents } from '@diecast/controllers';
import { FLOWS } from '@diecast/flows';
import { setPower } from '../../apps/lab/src/lab.js';
import { eventsAfter, existing, momentsAfter, serving } from '../harness/happenings.js';
import { startLab, tinyImage, tinyMachine } from '../harness/lab.js';
import { qemuOf } from '../harness/qemu-process.js';
import { sampleSettings } from '../harness/samples.js';
import { openServices, silent, type TestServices } from '../harness/services.js';
import { declareTiny, leftOn, registerHosts } from '../harness/tiny-service.js';

const command = promisify(execFile);

const settings = (progressDeadlineSeconds: number) => {
  const two = sampleSettings(2);
  return { ...two, rollout: { ...two.rollout, drainSeconds: 1, progressDeadlineSeconds } };
};

describe('a service on two hosts, with nobody looking after it but its controllers', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let working: { stop(): Promise<void> };
  let listening: Promise<void>;
  const leaving = new AbortController();

  const live = (): Promise<readonly Instance[]> => store.instances.live({ service: 'web' });
  const versionAt = async ({ address }: Instance): Promise<string> => {
    const answer = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(10_000) });
    return ((await answer.json()) as { version: string }).version;
  };

  /** Looks whenever something has happened. */
  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const seen = await store.events.latestId();
      const found = await look();
      if (found !== undefined) return found;
      await store.events.wait(1000, undefined, seen);
    }
  }
  const ended = ({ id }: Operation): Promise<Operation> =>
    until(async () => {
      const operation = await store.operations.require(id);
      return operation.status === 'running' ? undefined : operation;
    });
  /** Two healthy machines of the iteration, none else, and nothing under way. */
  const settled = (iteration: number): Promise<readonly Instance[]> =>
    until(async () => {
      const machines = await store.instances.reserved({ service: 'web' });
      const good = machines.filter((each) => each.status === 'available' && each.healthy);
      const own = good.filter((each) => each.iteration === iteration);
      const isQuiet = (await store.operations.open()).length === 0;
      return isQuiet && own.length === 2 && machines.length === 2 ? own : undefined;
    });
  /** Every operation that the service's controller has started, with its note. */
  async function expectReasons(service: string, number: number): Promise<void> {
    const rollout = await store.rollouts.find(service, number);
    const notes = rollout?.notes ?? [];
    for (const { action, reason } of notes) expect([action, reason]).not.toContain('');
    const { items } = await store.operations.list({ resource: { type: 'service', id: service }, limit: 500 });
    const actions = { 'instance.create': 'cast', 'instance.discontinue': 'discontinue' } as const;
    for (const { kind, input, createdAt } of items) {
      if (kind !== 'instance.create' && kind !== 'instance.discontinue') continue;
      if (createdAt < (rollout?.startedAt ?? createdAt)) continue;
      if (rollout?.finishedAt && createdAt > rollout.finishedAt) continue;
      const { instanceId } = input as { readonly instanceId: string };
      expect(notes).toContainEqual(expect.objectContaining({ action: actions[kind], instanceId }));
    }
  }

  beforeAll(async () => {
    lab = await startLab('rollouts', 2);
    services = await openServices(FLOWS);
    ({ store } = services);
    await registerHosts(services, lab);
    const deps = { ...services, log: silent };
    working = services.work([serviceController(deps), healthController(deps), hostWatch(deps)]);
    listening = watchHostEvents(deps, leaving.signal);
  }, 600_000);

  afterAll(async () => {
    leaving.abort();
    await working?.stop();
    await listening;
    await services?.close();
    await lab?.close();
  }, 120_000);

  it('is cast with all its machines, on both hosts, and known to be good', async () => {
    const operation = await declareTiny(services, lab, 'web', 'v1', { settings: settings(180) });
    expect(await ended(operation)).toMatchObject({ status: 'succeeded', error: null });
    const machines = await live();
    expect(machines.map(({ status, healthy }) => [status, healthy])).toEqual([
      ['available', true],
      ['available', true],
    ]);
    expect(new Set(machines.map(({ host }) => host)).size).toBe(2);
    for (const machine of machines) expect(await versionAt(machine)).toBe('1');
    expect((await store.services.iteration('web', 1)).knownGoodAt).not.toBeNull();
  }, 400_000);

  it('is replaced with never fewer healthy machines than replicas, every action with its reason (SPEC-ROLL-2, SPEC-ROLL-4)', async () => {
    const [before, seen] = [await live(), await store.events.latestId()];
    const operation = await declareTiny(services, lab, 'web', 'v2', { settings: settings(180) });
    expect(await ended(operation)).toMatchObject({ status: 'succeeded', error: null });
    for (const machine of await live()) {
      expect(machine.iteration).toBe(2);
      expect(await versionAt(machine)).toBe('2');
    }
    for (const moment of await momentsAfter(store, 'web', seen, before)) {
      expect(serving(moment).length).toBeGreaterThanOrEqual(2);
      expect(existing(moment).length).toBeLessThanOrEqual(3);
    }
    await expectReasons('web', 2);
  }, 400_000);

  it('returns by itself from a broken iteration, which never serves (SPEC-ROLL-3)', async () => {
    await settled(2);
    const [before, seen] = [await live(), await store.events.latestId()];
    const wish = { settings: settings(25), startPeriodSeconds: 10 };
    const operation = await declareTiny(services, lab, 'web', 'broken', wish);
    const failed = await ended(operation);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'unhealthy' } });
    expect(failed.error?.message).toContain('0 of 2 machines of iteration 3 available');
    expect(await store.rollouts.find('web', 3)).toMatchObject({ status: 'rolledBack' });
    const back = await until(async () => {
      const rollout = await store.rollouts.find('web', 4);
      return rollout?.status === 'running' ? undefined : rollout;
    });
    expect(back).toMatchObject({ trigger: 'automaticRollback', toIteration: 2, status: 'succeeded' });
    expect((await store.services.require('web')).iteration).toBe(2);
    const ids = (await settled(2)).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(before.map(({ id }) => id).toSorted());
    for (const moment of await momentsAfter(store, 'web', seen, before)) {
      expect(serving(moment).map(({ iteration }) => iteration)).toEqual([2, 2]);
      expect(moment.machines.filter((each) => each.iteration === 3 && each.status === 'available')).toEqual(
        [],
      );
    }
    await expectReasons('web', 3);
  }, 400_000);

  it('replaces a machine whose QEMU is killed, and clears away what is left of it', async () => {
    const [victim] = await settled(2);
    if (victim?.host == null) throw new Error('there is no machine');
    process.kill(qemuOf(victim.id), 'SIGKILL');
    const failed = await until(async () => {
      const instance = await store.instances.require(victim.id);
      return instance.status === 'available' ? undefined : instance;
    });
    expect(failed.statusReason ?? failed.status).toContain(`gone from host ${victim.host}`);
    const machines = await settled(2);
    expect(machines.map(({ id }) => id)).not.toContain(victim.id);
    expect((await store.instances.require(victim.id)).status).toBe('discontinued');
    expect((await leftOn(services, victim.host)).join()).not.toContain(victim.id.slice(-8));
  }, 300_000);

  it('removes a stray machine of ours, and leaves one alone that is not ours', async () => {
    await settled(2);
    const host = await store.hosts.require('a');
    const on = services.hypervisors.at(host);
    const localUri = lab.hosts.find(({ name }) => name === 'a')?.localUri ?? '';
    const foreign = join(lab.dir, 'foreign.xml');
    await writeFile(
      foreign,
      `<domain type="qemu"><name>somebody-else</name><memory unit="MiB">16</memory><os><type machine="q35">hvm</type></os></domain>`,
    );
    await command('virsh', ['-c', localUri, 'create', '--paused', foreign]);
    const image = await tinyImage('v1');
    const { disk } = image.manifest;
    const id = randomUUID();
    const layer = layerFileName(id);
    const backing = { name: blobFileName(disk.digest), format: disk.format };
    await on.files.createLayer({ name: layer, virtualSize: disk.virtualSize, backing });
    const seen = await store.events.latestId();
    await on.machines.startMachine(
      tinyMachine({ id, address: '10.0.0.1', layer, image, bridge: lab.network.bridge, mac: macOf(id) }),
    );
    const told = await until(async () =>
      (await eventsAfter(store, seen)).find(({ type }) => type === 'host.strayRemoved'),
    );
    expect(told).toMatchObject({
      resource: { type: 'host', id: 'a' },
      data: { instanceId: id, reason: 'no instance explains it' },
    });
    const names = (await on.machines.listMachines()).map(({ name }) => name);
    expect(names).toContain('somebody-else');
    expect(names.filter((name) => name.endsWith(id.slice(-8)))).toEqual([]);
    await command('virsh', ['-c', localUri, 'destroy', 'somebody-else']);
    await on.files.deleteFile(layer);
  }, 120_000);

  it('casts the machines of a dead host elsewhere, and takes the host back without them', async () => {
    const lost = (await settled(2)).filter(({ host }) => host === 'b').map(({ id }) => id);
    expect(lost).not.toEqual([]);
    await store.hosts.setStatus('b', 'cordoned', 'maintenance');
    await setPower(lab.dir, 'b', 'off');
    await until(async () => ((await store.hosts.require('b')).status === 'unreachable' ? true : undefined));
    const healthy = (): Promise<true | undefined> =>
      live().then((machines) =>
        machines.filter((each) => each.healthy && each.host === 'a').length === 2 ? true : undefined,
      );
    await until(healthy);
    // Whatever is left of them can only be dealt with when the host is back.
    for (const id of lost) expect((await store.instances.require(id)).status).toBe('available');
    await setPower(lab.dir, 'b', 'on');
    await until(async () => ((await store.hosts.require('b')).status === 'cordoned' ? true : undefined));
    const machines = await settled(2);
    expect(machines.map(({ host }) => host)).toEqual(['a', 'a']);
    for (const id of lost) expect((await store.instances.require(id)).status).toBe('discontinued');
    expect(await leftOn(services, 'b')).toEqual([]);
  }, 400_000);
});
