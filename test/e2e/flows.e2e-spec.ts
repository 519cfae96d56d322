import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Instance } from '@diecast/model';
import { hostRegister, instanceCreate, instanceDiscontinue, instanceMigrate } from '@diecast/flows';
import { startLab } from '../harness/lab.js';
import { sampleSettings } from '../harness/samples.js';
import { openServices, type TestServices } from '../harness/services.js';
import { declareTiny, leftOn } from '../harness/tiny-service.js';

describe('operations on real hosts', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let run: TestServices['run'];

  const declare = (service: string, variant: 'v1' | 'broken') =>
    declareTiny(services, lab, service, variant, { settings: sampleSettings(2), startPeriodSeconds: 40 });

  beforeAll(async () => {
    lab = await startLab('flows', 2);
    services = await openServices([hostRegister, instanceCreate, instanceDiscontinue, instanceMigrate]);
    ({ store, run } = services);
  }, 180_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  const leftovers = async (): Promise<readonly string[]> =>
    (await Promise.all(lab.hosts.map(({ name }) => leftOn(services, name)))).flat();

  /** It answers at its address all the way, and the store says where it is. */
  async function migrateThereAndBack(instance: Instance | undefined): Promise<void> {
    if (instance?.host == null) throw new Error('there is no machine to migrate');
    const { id, host: home } = instance;
    const same = await run('instance.migrate', { instanceId: id, host: home });
    expect(same).toMatchObject({ status: 'failed', error: { code: 'conflict' } });
    const moved = await run('instance.migrate', { instanceId: id, host: null });
    expect(moved).toMatchObject({ status: 'succeeded', error: null });
    const after = await store.instances.require(id);
    expect(after.host).not.toBe(home);
    expect(after.generation).toBe(instance.generation + 1);
    const answer = await fetch(`http://${instance.address}/`);
    expect(await answer.json()).toMatchObject({ instance: id });
    expect(await store.hostFiles.byOwner(id)).toMatchObject([{ host: after.host }]);
    expect(await run('instance.migrate', { instanceId: id, host: home })).toMatchObject({
      status: 'succeeded',
    });
  }

  it('registers hosts that answer, and says of one that does not that it is unreachable', async () => {
    for (const { name, uri } of lab.hosts) {
      await store.hosts.insert({ name, uri, migrationUri: null });
      expect(await run('host.register', { name })).toMatchObject({ status: 'succeeded' });
    }
    expect((await store.hosts.all()).map((host) => host.status)).toEqual(['ready', 'ready']);
    const [{ address, uri }] = lab.hosts as [(typeof lab.hosts)[number]];
    const nowhere = uri.replace(address, address.replace(/\d+$/, '99'));
    await store.hosts.insert({ name: 'nobody', uri: nowhere, migrationUri: null });
    const failed = await run('host.register', { name: 'nobody' });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'host_unreachable' } });
    await store.hosts.delete('nobody');
  }, 240_000);

  it('casts machines on different hosts, from an image that each host is given once', async () => {
    await declare('web', 'v1');
    const ids = [randomUUID(), randomUUID()];
    for (const instanceId of ids) {
      const done = await run('instance.create', { instanceId, service: 'web', iteration: 1, host: null });
      expect(done).toMatchObject({ status: 'succeeded', error: null });
    }
    const machines = await store.instances.live({ service: 'web' });
    expect(machines.map((machine) => machine.status)).toEqual(['available', 'available']);
    expect(new Set(machines.map((machine) => machine.host)).size).toBe(2);
    await migrateThereAndBack(machines[0]);
    for (const { id, address } of machines) {
      const answer = await fetch(`http://${address}/`);
      expect(await answer.json()).toMatchObject({ instance: id, version: '1' });
      expect(await run('instance.discontinue', { instanceId: id })).toMatchObject({ status: 'succeeded' });
    }
    expect(await leftovers()).toEqual([]);
    expect(await store.instances.live()).toEqual([]);
  }, 240_000);

  it('leaves nothing behind of a machine that never becomes healthy (SPEC-INST-1)', async () => {
    await declare('broken', 'broken');
    const instanceId = randomUUID();
    const failed = await run('instance.create', { instanceId, service: 'broken', iteration: 1, host: null });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'unhealthy' } });
    expect(await leftovers()).toEqual([]);
    expect(await store.instances.load()).toEqual([]);
    expect(await store.instances.live()).toEqual([]);
    // The row stays as history, with the address it had; the next machine gets that address.
    const { status, address } = await store.instances.require(instanceId);
    expect({ status, address }).toEqual({ status: 'failed', address: lab.network.guestRange.start });
  }, 240_000);

  it('says what is missing on each host when none has room (SPEC-PLACE-1)', async () => {
    for (const { name } of lab.hosts) await store.hosts.setStatus(name, 'cordoned', 'maintenance');
    const instanceId = randomUUID();
    const failed = await run('instance.create', { instanceId, service: 'web', iteration: 1, host: null });
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'no_capacity' } });
    expect(failed.error?.message).toContain('a is cordoned; b is cordoned');
    expect(await leftovers()).toEqual([]);
  }, 60_000);
});
