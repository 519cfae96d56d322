import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Instance, Json, Operation } from '@diecast/model';
import { hostWatch } from '@diecast/controllers';
import { FLOWS } from '@diecast/flows';
import { leaveToDie } from '../harness/dead-worker.js';
import { runInGuest } from '../harness/guest.js';
import { startLab } from '../harness/lab.js';
import { qemuOf } from '../harness/qemu-process.js';
import { openServices, silent, type TestServices } from '../harness/services.js';
import {
  ask,
  declareTiny,
  leftOn,
  putData,
  registerHosts,
  requireSucceeded,
} from '../harness/tiny-service.js';
import { until } from '../harness/until.js';

const command = promisify(execFile);
const ASLEEP_MS = 5_000;

describe('machines that wait in standby', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let run: TestServices['run'];
  const [one, two] = [randomUUID(), randomUUID()];

  const instance = (id: string): Promise<Instance> => store.instances.require(id);
  const done = async (kind: Operation['kind'], input: Json): Promise<Operation> =>
    requireSucceeded(await run(kind, input));
  const virsh = async (host: string, ...args: readonly string[]): Promise<string> => {
    const found = lab.hosts.find(({ name }) => name === host);
    return (await command('virsh', ['-c', found?.localUri ?? '', ...args])).stdout.trim();
  };
  const domainOf = (id: string): Promise<string> => virsh('a', 'domstate', id);
  const create = (instanceId: string): Promise<Operation> =>
    done('instance.create', { instanceId, service: 'web', iteration: 1, host: 'a' });
  const park = (instanceId: string): Promise<Operation> => done('instance.park', { instanceId });
  /** As long as a controller looks at the hosts: until what is looked for is there. */
  async function whileWatched<T>(look: () => Promise<T | undefined>): Promise<T> {
    const watching = services.work([hostWatch({ ...services, log: silent })]);
    try {
      return await until(look, { everyMs: 100, withinMs: 30_000 });
    } finally {
      await watching.stop();
    }
  }

  beforeAll(async () => {
    lab = await startLab('standby', 2);
    services = await openServices(FLOWS);
    ({ store, run } = services);
    await registerHosts(services, lab);
    await declareTiny(services, lab, 'web');
    for (const instanceId of [one, two]) await create(instanceId);
  }, 600_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it('stand still with what they have, then serve again, and their clocks are right (SPEC-INST-4)', async () => {
    const { address, generation } = await instance(one);
    await putData(address, 'kept');
    await park(one);
    expect(await domainOf(one)).toBe('paused');
    const waiting = await instance(one);
    expect(waiting).toMatchObject({ status: 'standby', healthy: false, address, host: 'a' });
    expect(waiting.standbyAt).not.toBeNull();
    expect((await store.instances.load()).find(({ host }) => host === 'a')?.instances).toBe(2);
    await sleep(ASLEEP_MS);
    const wokenAt = Date.now();
    await done('instance.resume', { instanceId: one });
    expect(await instance(one)).toMatchObject({
      status: 'available',
      healthy: true,
      standbyAt: null,
      generation,
    });
    expect(await domainOf(one)).toBe('running');
    expect(await ask(address)).toEqual({ instance: one, data: 'kept' });
    const on = services.hypervisors.at(await store.hosts.require('a'));
    const said = Number(await runInGuest(on, one, ['/bin/date', '+%s'])) * 1000;
    // It was not asked before it was woken, and without being set its clock would be as far behind as it slept.
    expect(said).toBeGreaterThan(wokenAt - ASLEEP_MS / 2);
  }, 120_000);

  it('goes on serving when the balancer does not let go of it, and is not paused (SPEC-INST-4)', async () => {
    // Nobody looks after the balancer here.
    await store.instances.update(one, { inTraffic: true });
    const refused = await run('instance.park', { instanceId: one });
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'balancer_failed' } });
    await store.instances.update(one, { inTraffic: false });
    expect(await instance(one)).toMatchObject({ status: 'available', healthy: true });
    expect(await domainOf(one)).toBe('running');
  }, 60_000);

  it('are left in standby by every operation that wants a machine that serves', async () => {
    await park(one);
    const refused = [
      await run('instance.migrate', { instanceId: one, host: 'b' }),
      await run('instance.replace', { instanceId: one, replacementId: randomUUID(), host: null }),
      await run('instance.snapshot', {
        snapshotId: randomUUID(),
        instanceId: one,
        name: 'never',
        withMemory: true,
        quiesce: false,
      }),
      await run('instance.park', { instanceId: one }),
      await run('instance.resume', { instanceId: two }),
    ];
    for (const { status, error } of refused) {
      expect([status, error?.code]).toEqual(['failed', 'conflict']);
      expect(error?.message).toMatch(/is (standby|available);/);
    }
    expect(await instance(one)).toMatchObject({ status: 'standby' });
    expect(await domainOf(one)).toBe('paused');
  }, 60_000);

  it('are woken by another worker when the first has died over it', async () => {
    await virsh('a', 'resume', one);
    const orphan = await leaveToDie(store, {
      kind: 'instance.resume',
      input: { instanceId: one },
      finished: [],
      begun: 'wake',
    });
    expect(requireSucceeded(await services.carry(orphan)).result).toMatchObject({ instanceId: one });
    const { address, status } = await instance(one);
    expect(status).toBe('available');
    expect(await ask(address)).toEqual({ instance: one, data: 'kept' });
  }, 60_000);

  it('are paused again when somebody lets them run (SPEC-INST-5)', async () => {
    await park(one);
    await virsh('a', 'resume', one);
    await whileWatched(async () => ((await domainOf(one)) === 'paused' ? true : undefined));
    expect(await instance(one)).toMatchObject({ status: 'standby' });
  }, 60_000);

  it('have failed when their QEMU is gone, and are cleared away (SPEC-INST-5)', async () => {
    process.kill(qemuOf(one), 'SIGKILL');
    const failed = await whileWatched(async () => {
      const now = await instance(one);
      return now.status === 'failed' ? now : undefined;
    });
    expect(failed.statusReason).toBe('Its machine is gone from host a.');
    await done('instance.discontinue', { instanceId: one });
    expect((await store.instances.reserved({ host: 'a' })).map(({ id }) => id)).toEqual([two]);
  }, 60_000);

  it('have failed when they cannot serve any more (SPEC-INST-4)', async () => {
    await park(two);
    const domain = await virsh('a', 'domiflist', two);
    const mac = (await instance(two)).mac;
    expect(domain).toContain(mac);
    await virsh('a', 'domif-setlink', two, mac, 'down');
    const resumed = await run('instance.resume', { instanceId: two });
    expect(resumed).toMatchObject({ status: 'failed', error: { code: 'unhealthy' } });
    const { status, statusReason } = await instance(two);
    expect(status).toBe('failed');
    expect(statusReason).toMatch(/^It did not come back from standby: .* did not pass its http check/);
    await done('instance.discontinue', { instanceId: two });
  }, 60_000);

  it('end at once, also when their host is drained or their service deleted (SPEC-INST-5)', async () => {
    const [waiting, alone, last] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [waiting, alone, last]) {
      await create(id);
      await park(id);
    }
    await done('instance.discontinue', { instanceId: alone });
    expect(await instance(alone)).toMatchObject({ status: 'discontinued' });
    const drained = await done('host.drain', { name: 'a' });
    expect(drained.result).toEqual({ host: 'a', migrated: 0, replaced: 0 });
    expect(await leftOn(services, 'a')).toEqual([]);
    await store.hosts.setStatus('a', 'ready', null);
    const other = randomUUID();
    await create(other);
    await park(other);
    expect((await done('service.delete', { service: 'web' })).result).toMatchObject({ discontinued: 1 });
    expect(await leftOn(services, 'a')).toEqual([]);
    expect(await store.instances.load()).toEqual([]);
  }, 300_000);
});
