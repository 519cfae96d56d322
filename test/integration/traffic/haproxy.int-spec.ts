import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { haproxy, serverName, type Balancer, type ServerRef } from '@diecast/traffic';
import { freePort, startTestHaproxy, type TestHaproxy } from '../../harness/haproxy.js';
import { ask } from '../../harness/http-load.js';
import { startWebMachine, type WebMachine } from '../../harness/web-machine.js';

type Weighed = ServerRef & { readonly weight: number };

describe("HAProxy's runtime API", () => {
  let proxy: TestHaproxy;
  let port: number;
  let balancer: Balancer;
  const machines: WebMachine[] = [];

  beforeAll(async () => {
    proxy = await startTestHaproxy();
    port = await freePort();
    balancer = haproxy(proxy.socket);
  }, 30_000);
  afterEach(async () => {
    const { servers } = await balancer.look();
    for (const server of servers.filter(({ name }) => name !== 'static1'))
      await balancer.remove(server, 'now');
    for (const machine of machines.splice(0)) await machine.end();
  });
  afterAll(() => proxy?.stop());

  async function machineAt(address: string): Promise<{ machine: WebMachine; server: Weighed }> {
    const machine = await startWebMachine(address, port);
    machines.push(machine);
    const server = { backend: 'web', name: serverName(randomUUID()), weight: 100 };
    await balancer.add({ ...server, address, port });
    return { machine, server };
  }
  const stateOf = async ({ name }: ServerRef) =>
    (await balancer.look()).servers.find((server) => server.name === name);

  it.each(['socket', 'tcp'] as const)(
    'tells what there is over its %s, also what is not ours',
    async (way) => {
      const view = await haproxy(proxy[way]).look();
      expect([...view.backends]).toEqual(['web']);
      expect(view.servers).toMatchObject([{ backend: 'web', name: 'static1', state: 'maint', requests: 0 }]);
    },
  );

  it('takes a server from its making to its end, and is told each step twice without harm', async () => {
    const { server } = await machineAt('127.1.0.1');
    expect(await stateOf(server)).toMatchObject({ address: '127.1.0.1', port, state: 'maint' });
    expect((await ask(proxy.url)).status).toBe(503);
    await balancer.admit(server);
    await balancer.admit(server);
    expect(await stateOf(server)).toMatchObject({ state: 'ready' });
    expect(await ask(proxy.url)).toEqual({ status: 200, body: '127.1.0.1' });
    await balancer.drain(server);
    await balancer.drain(server);
    expect(await stateOf(server)).toMatchObject({ state: 'drain', requests: 0 });
    expect((await ask(proxy.url)).status).toBe(503);
    expect(await balancer.remove(server, 'idle')).toBe('gone');
    expect(await stateOf(server)).toBeUndefined();
  });

  it('divides the requests as the weights say, from one moment to the next', async () => {
    const [one, other] = [await machineAt('127.1.0.1'), await machineAt('127.1.0.2')];
    await balancer.admit({ ...one.server, weight: 225 });
    await balancer.admit({ ...other.server, weight: 25 });
    expect(await stateOf(other.server)).toMatchObject({ state: 'ready', weight: 25 });
    const asked = async (): Promise<number> => {
      const before = other.machine.seen.length;
      for (let requests = 0; requests < 200; requests += 1) await ask(proxy.url);
      return other.machine.seen.length - before;
    };
    expect(Math.abs((await asked()) - 20)).toBeLessThanOrEqual(2);
    await balancer.weigh({ ...one.server, weight: 25 });
    expect(Math.abs((await asked()) - 100)).toBeLessThanOrEqual(2);
  });

  it('tells of every server how many requests it was given, and how many of them a client saw fail by its fault', async () => {
    const { machine, server } = await machineAt('127.1.0.1');
    await balancer.admit(server);
    for (const status of [200, 404, 500, 503]) await ask(`${proxy.url}/?status=${status}`);
    expect(await stateOf(server)).toMatchObject({ served: { requests: 4, failures: 2 } });
    const given = ask(`${proxy.url}/?ms=-1`).catch(() => undefined);
    while ((await stateOf(server))?.requests !== 1) await new Promise(setImmediate);
    expect(await stateOf(server)).toMatchObject({ served: { requests: 5, failures: 2 } });
    machine.dieOverRequests();
    await balancer.drain(server);
    await machine.end();
    machines.splice(machines.indexOf(machine), 1);
    await given;
    const well = await machineAt('127.1.0.2');
    await balancer.admit(well.server);
    await balancer.admit(server);
    // Nobody is there to be connected to, so that the other machine answers: no client sees a failure.
    for (let requests = 0; requests < 6; requests += 1)
      expect((await ask(proxy.url, 'POST')).status).toBe(200);
    const failures = (await stateOf(server))?.served.failures;
    await balancer.drain(well.server);
    expect((await ask(proxy.url, 'POST')).status).toBe(503);
    expect((await stateOf(server))?.served.failures).toBe((failures ?? 0) + 1);
    expect(await stateOf(well.server)).toMatchObject({ served: { failures: 0 } });
  });

  it('counts the requests on a draining server, and ends them only when told to', async () => {
    const { server } = await machineAt('127.1.0.1');
    await balancer.admit(server);
    const endless = ask(`${proxy.url}/?ms=-1`, 'POST');
    const ended = expect(endless).rejects.toThrow('socket hang up');
    while ((await stateOf(server))?.requests !== 1) await new Promise(setImmediate);
    await balancer.drain(server);
    expect(await stateOf(server)).toMatchObject({ state: 'drain', requests: 1 });
    expect(await balancer.remove(server, 'idle')).toBe('lingering');
    expect(await stateOf(server)).toMatchObject({ state: 'maint', requests: 1 });
    while ((await balancer.remove(server, 'now')) !== 'gone') await new Promise(setImmediate);
    await ended;
  });

  it('sends a request that a machine died over to another one, unless it must not be carried out twice', async () => {
    const dying = await machineAt('127.1.0.1');
    dying.machine.dieOverRequests();
    await balancer.admit(dying.server);
    const posted = await ask(`${proxy.url}/once`, 'POST');
    expect(posted.status).toBe(502);
    expect(dying.machine.seen).toEqual(['POST /once']);
    const well = await machineAt('127.1.0.2');
    await balancer.admit(well.server);
    for (let tries = 0; tries < 4; tries += 1) {
      expect(await ask(`${proxy.url}/again`)).toEqual({ status: 200, body: '127.1.0.2' });
    }
    expect(dying.machine.seen).toContain('GET /again');
    // What cannot be connected to was sent nothing: then even a POST goes to another one.
    await dying.machine.end();
    machines.splice(machines.indexOf(dying.machine), 1);
    for (let tries = 0; tries < 4; tries += 1) {
      expect((await ask(`${proxy.url}/once-more`, 'POST')).status).toBe(200);
    }
    expect(well.machine.seen.filter((seen) => seen === 'POST /once-more')).toHaveLength(4);
  });

  it('says in its own words what it refuses', async () => {
    const { server } = await machineAt('127.1.0.1');
    const at = { address: '127.1.0.1', port };
    const refused = { code: 'balancer_failed', message: expect.stringContaining('refused') };
    await expect(balancer.add({ ...server, ...at })).rejects.toMatchObject(refused);
    await expect(balancer.add({ ...server, ...at, backend: 'none' })).rejects.toMatchObject(refused);
    await expect(balancer.admit({ ...server, name: 'nobody' })).rejects.toMatchObject(refused);
  });

  it('is never given a name or an address that could be another command', async () => {
    const before = await balancer.look();
    const at = { address: '127.0.0.1', port, weight: 1 };
    for (const name of ['a;show info', 'a b', 'a/b', 'a\nshow info', 'a\\', '#1', '', '<<']) {
      const invalid = { code: 'invalid' };
      await expect(balancer.add({ backend: 'web', name, ...at })).rejects.toMatchObject(invalid);
      await expect(balancer.drain({ backend: name, name: 'static1' })).rejects.toMatchObject(invalid);
    }
    for (const wrong of [
      ...[{ address: 'localhost' }, { address: '1;a' }, { port: 0 }, { port: 1.5 }],
      ...[{ weight: -1 }, { weight: 257 }, { weight: 1.5 }, { weight: NaN }],
    ]) {
      const server = { backend: 'web', name: 'i-x', ...at, ...wrong };
      await expect(balancer.add(server)).rejects.toMatchObject({ code: 'invalid' });
    }
    expect((await balancer.look()).servers).toHaveLength(before.servers.length);
    expect(() => haproxy('not-an-address')).toThrow('HOST:PORT');
  });

  /** A peer that speaks as it likes. */
  async function withPeer(speak: (socket: Socket) => void, work: (at: Balancer) => Promise<void>) {
    const sockets = new Set<Socket>();
    const peer = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      speak(socket);
    }).listen(0, '127.0.0.1');
    await once(peer, 'listening');
    await work(haproxy(`127.0.0.1:${(peer.address() as AddressInfo).port}`));
    for (const socket of sockets) socket.destroy();
    peer.close();
    await once(peer, 'close');
  }

  it('is away when nobody is there, when it says nothing, and when it goes in the middle of an answer', async () => {
    const away = { code: 'unavailable', message: expect.stringContaining('HAProxy at') };
    await expect(haproxy('/nowhere/admin.sock').look()).rejects.toMatchObject(away);
    await expect(haproxy(`127.0.0.1:${await freePort()}`).look()).rejects.toMatchObject(away);
    await withPeer(
      () => undefined,
      (at) => expect(at.look()).rejects.toMatchObject(away),
    );
    await withPeer(
      (socket) => socket.end('# pxname,svname,qc'),
      (at) => expect(at.look()).rejects.toMatchObject(away),
    );
  });

  it('is refused when its answer has no end or no sense', async () => {
    const chunk = `${'x'.repeat(65_535)}\n`;
    const flood = (socket: Socket): void => {
      while (socket.writable && socket.write(chunk));
      socket.once('drain', () => flood(socket));
    };
    const failed = { code: 'balancer_failed' };
    await withPeer(flood, (at) => expect(at.look()).rejects.toMatchObject(failed));
    await withPeer(
      (socket) => socket.end('HTTP/1.1 400 Bad Request\n\n'),
      (at) => expect(at.look()).rejects.toMatchObject(failed),
    );
  });

  it('lets go of a question when it is told to', async () => {
    const stop = new AbortController();
    await withPeer(
      () => stop.abort(new Error('shutting down')),
      (at) => expect(at.look(stop.signal)).rejects.toThrow('shutting down'),
    );
  });
});
