import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { trafficController } from '@diecast/controllers';
import { noteAdmission, trafficMachines } from '../../../libs/controllers/src/traffic-machines.js';
import { instanceDiscontinue } from '@diecast/flows';
import { DEFAULT_ROLLOUT, macOf, type Instance } from '@diecast/model';
import { haproxy, instanceOfServer, serverName, type Balancer } from '@diecast/traffic';
import { freePort, startTestHaproxy, type TestHaproxy } from '../../harness/haproxy.js';
import { ask, startHttpLoad, type HttpLoad } from '../../harness/http-load.js';
import { insertProvenImage, sampleSettings, sampleSpec } from '../../harness/samples.js';
import { openServices, type TestServices } from '../../harness/services.js';
import { startWebMachine, type WebMachine } from '../../harness/web-machine.js';

const settings = { ...sampleSettings(2), rollout: { ...DEFAULT_ROLLOUT, drainSeconds: 2 } };

type Line = { readonly level: 'info' | 'warn'; readonly message: string };

describe('the traffic controller', () => {
  let proxy: TestHaproxy;
  let balancer: Balancer;
  let services: TestServices;
  let store: TestServices['store'];
  let port: number;
  let load: HttpLoad | undefined;
  let lines: Line[];
  let stop: AbortController;
  let ticking: Promise<void>;
  const machines = new Map<string, WebMachine>();

  beforeAll(async () => {
    proxy = await startTestHaproxy();
    services = await openServices([instanceDiscontinue]);
    port = await freePort();
    balancer = haproxy(proxy.socket);
    ({ store } = services);
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    const spec = sampleSpec(await insertProvenImage(store, 'web'));
    for (const [service, backend] of [
      ['web', 'web'],
      ['lost', 'missing'],
    ] as const) {
      await store.services.declare(
        service,
        { ...spec, traffic: { provider: 'haproxy', backend, port } },
        settings,
        'test',
      );
    }
  }, 60_000);
  beforeEach(() => {
    [lines, stop] = [[], new AbortController()];
    ticking = keepTicking(balancer);
  });
  afterEach(async () => {
    await load?.stop();
    load = undefined;
    for (const { id } of await store.instances.live()) await leave(id);
    await until(async () => (await ours()).length === 0);
    stop.abort();
    await ticking;
    for (const machine of machines.values()) await machine.end();
    machines.clear();
  }, 30_000);
  afterAll(async () => {
    await services?.close();
    await proxy?.stop();
  });

  /** A round of what a worker does, with a new controller: what the one before knew is gone. */
  function ticker(balancer: Balancer | null): () => Promise<void> {
    const say =
      (level: Line['level']) =>
      (_: object, message: string): void =>
        void lines.push({ level, message });
    const log = { debug: () => undefined, info: say('info'), warn: say('warn') };
    const tick = trafficController({ store, balancer, log });
    return () => tick.run(new AbortController().signal);
  }
  async function keepTicking(balancer: Balancer | null): Promise<void> {
    const round = ticker(balancer);
    while (!stop.signal.aborted) {
      await round();
      await sleep(20);
    }
  }
  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await sleep(20);
  }
  const ours = async () =>
    (await balancer.look()).servers.filter(({ name }) => name !== 'static1').map(({ name }) => name);
  const warnings = () => lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  const isIn = async (id: string) => (await store.instances.require(id)).inTraffic;

  let last = 0;
  /** A machine that is available and healthy, on a host that needs nothing to be done. */
  async function cast(change: Partial<Instance> = {}, service = 'web', iteration = 1): Promise<string> {
    last += 1;
    const [id, address] = [randomUUID(), `127.1.0.${last}`];
    machines.set(id, await startWebMachine(address, port));
    const { restoredFrom } = change;
    await store.instances.reserve({
      id,
      service,
      iteration,
      host: 'h1',
      mac: macOf(id),
      memoryMiB: 1,
      range: null,
      ...(restoredFrom == null ? {} : { restoredFrom }),
    });
    await store.instances.update(id, { host: null, address, healthy: change.healthy ?? true });
    for (const status of ['assembling', 'validating', 'available'] as const) {
      await store.instances.setStatus(id, status, null);
    }
    return id;
  }
  async function castIn(): Promise<string> {
    const id = await cast();
    await until(async () => (await isIn(id)) && (await serving()).has(id));
    return id;
  }
  /** Machines that are given requests; they are noted a moment before. */
  const serving = async (): Promise<ReadonlySet<string | undefined>> => {
    const { servers } = await balancer.look();
    return new Set(
      servers.filter(({ state }) => state === 'ready').map(({ name }) => instanceOfServer(name)),
    );
  };
  async function leave(id: string): Promise<void> {
    expect(await services.run('instance.discontinue', { instanceId: id })).toMatchObject({
      status: 'succeeded',
    });
    await machines.get(id)?.end();
    machines.delete(id);
  }
  const whoAnswers = async (): Promise<ReadonlySet<string>> => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(proxy.url)));
    return new Set(answers.map(({ status, body }) => (status === 200 ? body : String(status))));
  };
  const addressesOf = (...ids: readonly string[]) => new Set(ids.map((id) => machines.get(id)?.address));
  /** A machine is noted before its first request, and whoever else asks takes turns of the round too. */
  const untilAnsweredBy = (...ids: readonly string[]) =>
    until(async () => isDeepStrictEqual(await whoAnswers(), addressesOf(...ids)));

  it('fails no request while machines enter, fall sick, leave and are all replaced (SPEC-TRAF-1)', async () => {
    let fleet = [await castIn(), await castIn()];
    const everyone = [...machines.values()];
    load = startHttpLoad(proxy.url, 150);
    while (everyone.length < 8 || load.asked() < 500) {
      const next = [await castIn(), await castIn()];
      everyone.push(...next.flatMap((id) => machines.get(id) ?? []));
      await Promise.all(fleet.map(leave));
      fleet = next;
    }
    const [sick, well] = fleet as [string, string];
    await store.instances.update(sick, { healthy: false });
    await until(async () => !(await isIn(sick)));
    expect(await whoAnswers()).toEqual(addressesOf(well));
    await store.instances.update(sick, { healthy: true });
    await untilAnsweredBy(sick, well);

    const { failures, posts } = await load.stop();
    expect(failures).toEqual([]);
    // Whatever must not be done twice was done once.
    const posted = everyone.flatMap(({ seen }) => seen.filter((each) => each.startsWith('POST ')));
    expect(posted.sort()).toEqual(posts.map((path) => `POST ${path}`).sort());
    expect(everyone.filter(({ seen }) => seen.length === 0)).toEqual([]);
    expect(warnings()).toEqual([]);
  }, 60_000);

  it('gives all requests to another iteration and back without a failed one, again and again (SPEC-TRAF-3)', async () => {
    const image = await insertProvenImage(store, 'web-2');
    const before = (await store.services.iteration('web', 1)).spec;
    await store.services.declare('web', { ...before, image }, settings, 'test');
    const [old, fresh] = [
      [await castIn(), await castIn()],
      [await cast({}, 'web', 2), await cast({}, 'web', 2)],
    ];
    await untilAnsweredBy(...old, ...fresh);
    const [oldOnes, freshOnes] = [addressesOf(...old), addressesOf(...fresh)];
    const switchTo = async (iteration: number, ids: readonly string[]): Promise<void> => {
      await store.services.setShares('web', { [iteration]: 100 });
      await until(async () => isDeepStrictEqual(await serving(), new Set(ids)));
    };
    load = startHttpLoad(proxy.url, 150);
    for (let switches = 0; switches < 20; switches += 2) {
      await switchTo(1, old);
      expect(await whoAnswers()).toEqual(oldOnes);
      await switchTo(2, fresh);
      expect(await whoAnswers()).toEqual(freshOnes);
    }
    while (load.asked() < 300) await sleep(20);
    expect((await load.stop()).failures).toEqual([]);

    // What is staged waits out of traffic, and nobody who is sick is switched to.
    await until(async () => !(await isIn(old[0] ?? '')) && !(await isIn(old[1] ?? '')));
    for (const id of old) await store.instances.update(id, { healthy: false });
    await store.services.setShares('web', { 1: 100 });
    const rounds = lines.length;
    await sleep(300);
    expect(await whoAnswers()).toEqual(freshOnes);
    expect(lines.slice(rounds)).toEqual([]);
    await store.instances.update(old[0] ?? '', { healthy: true });
    await untilAnsweredBy(old[0] ?? '');

    // All that they were asked was counted, over many servers of each.
    await until(async () => !(await isIn(fresh[0] ?? '')));
    const { served } = await store.instances.require(fresh[0] ?? '');
    const seen = machines.get(fresh[0] ?? '')?.seen.length;
    expect(served).toMatchObject({ requests: seen, failures: 0 });
    await store.services.setShares('web', null);
    await store.services.rollBack('web', 1, 'rollback', 'test');
    expect(warnings()).toEqual([]);
  }, 60_000);

  it('divides the requests between iterations, however many machines each has (SPEC-TRAF-3)', async () => {
    const iteration = 2;
    const fleet = [await castIn(), await castIn(), await castIn(), await cast({}, 'web', iteration)];
    await store.services.setShares('web', { 1: 90, [iteration]: 10 });
    await until(async () => (await serving()).size === 4);
    await until(async () => new Set((await balancer.look()).servers.map(({ weight }) => weight)).has(85));
    const seen = (id: string | undefined): number => machines.get(id ?? '')?.seen.length ?? 0;
    const before = seen(fleet[3]);
    for (let requests = 0; requests < 200; requests += 1) await ask(proxy.url);
    expect(Math.abs(seen(fleet[3]) - before - 20)).toBeLessThanOrEqual(2);
    await store.services.setShares('web', null);
  }, 30_000);

  it('makes everything anew after HAProxy was killed, and says once that it was away (SPEC-TRAF-2)', async () => {
    const fleet = [await castIn(), await castIn()];
    await proxy.kill();
    await until(async () => warnings().length > 0);
    const late = await cast();
    await proxy.start();
    expect((await balancer.look()).servers.filter(({ state }) => state === 'ready').length).toBeLessThan(4);
    await untilAnsweredBy(...fleet, late);
    await until(async () => lines.some(({ message }) => message === 'It is well again.'));
    expect(warnings()).toEqual([expect.stringMatching(/ (is|went) away/)]);
  }, 30_000);

  it('says once that HAProxy is away, however that shows', async () => {
    stop.abort();
    await ticking;
    const port = await freePort();
    const breaking = createServer((socket) => socket.resume().end('# half an ans')).listen(port, '127.0.0.1');
    await once(breaking, 'listening');
    lines = [];
    const round = ticker(haproxy(`127.0.0.1:${port}`));
    await round();
    breaking.close();
    await once(breaking, 'close');
    await round();
    await round();
    expect(warnings()).toEqual([expect.stringContaining('went away in the middle of an answer')]);
  });

  it('ends a machine in time although a request on it has no end, or although the balancer is away', async () => {
    const id = await castIn();
    const ended = expect(ask(`${proxy.url}/?ms=-1`, 'POST')).rejects.toThrow('socket hang up');
    await until(async () => machines.get(id)?.seen.length === 1);
    await leave(id);
    await ended;
    const other = await castIn();
    await proxy.kill();
    await leave(other);
    expect(await store.instances.require(other)).toMatchObject({ status: 'discontinued', inTraffic: false });
    await proxy.start();
  }, 60_000);

  it('keeps out what is sick, restored from a snapshot, or has no backend, and says why once', async () => {
    const kept = [
      await cast({ healthy: false }),
      await cast({ restoredFrom: randomUUID() }),
      await cast({}, 'lost'),
    ];
    const id = await castIn();
    expect(await ours()).toEqual([serverName(id)]);
    expect(await Promise.all(kept.map(isIn))).toEqual([false, false, false]);
    await until(async () => warnings().length > 0);
    expect(warnings()).toEqual([expect.stringContaining('the balancer has no backend missing')]);
  }, 30_000);

  it('takes out what no machine explains, and replaces the server of a machine that has moved', async () => {
    const stray = { backend: 'web', name: serverName(randomUUID()), weight: 1 };
    await balancer.add({ ...stray, address: '127.1.0.1', port });
    const id = await castIn();
    await until(async () => (await ours()).length === 1);
    const moved = await startWebMachine('127.1.1.1', port);
    await store.instances.update(id, { address: moved.address });
    await until(async () => (await whoAnswers()).has(moved.address));
    expect(await ours()).toEqual([serverName(id)]);
    expect(await isIn(id)).toBe(true);
    await moved.end();
    expect((await balancer.look()).servers).toContainEqual(expect.objectContaining({ name: 'static1' }));
  }, 30_000);

  it('does not note a machine as in traffic that was told to leave since it was read', async () => {
    stop.abort();
    await ticking;
    const id = await cast();
    const [machine] = await trafficMachines(store)();
    if (machine === undefined) throw new Error('there is no machine');
    await store.instances.setStatus(id, 'draining', null);
    await expect(noteAdmission(store, machine)).rejects.toMatchObject({ code: 'conflict' });
    expect(await isIn(id)).toBe(false);
  });

  it('lets nobody into traffic where there is no balancer, and warns once', async () => {
    stop.abort();
    await ticking;
    await balancer.look();
    const id = await cast();
    await store.instances.update(id, { inTraffic: true });
    [lines, stop] = [[], new AbortController()];
    ticking = keepTicking(null);
    await until(async () => !(await isIn(id)));
    expect(warnings()).toEqual(['Service web wants HAProxy, and none is configured: it gets no requests.']);
  }, 30_000);
});
