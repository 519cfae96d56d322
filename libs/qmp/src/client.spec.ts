import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeQmp, GREETING, type FakePeer } from '../../../test/harness/fake-qmp.js';
import { QmpClient, type ConnectOptions } from './client.js';
import { isQmpError, QmpError, QmpTimeoutError } from './errors.js';

const failing = (failure: string): unknown => expect.objectContaining({ name: 'QmpTransportError', failure });

describe('the client on a stream', () => {
  let server: FakeQmp;
  const clients: QmpClient[] = [];

  beforeEach(async () => {
    server = await FakeQmp.listen();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.close();
  });

  async function connected(options: ConnectOptions = {}): Promise<[QmpClient, FakePeer]> {
    const arriving = server.connection();
    const connecting = QmpClient.connect({ path: server.path }, options);
    const peer = await arriving;
    await peer.greet();
    const client = await connecting;
    clients.push(client);
    return [client, peer];
  }
  const refused = (act: (peer: FakePeer) => void, options: ConnectOptions = {}): Promise<unknown> => {
    server.onConnection = act;
    return QmpClient.connect({ path: server.path }, options);
  };

  it('reads the greeting and enables what QEMU offers, unless it is told not to', async () => {
    for (const [options, enable] of [
      [{}, ['oob']],
      [{ outOfBand: false }, []],
    ] as const) {
      const arriving = server.connection();
      const connecting = QmpClient.connect({ path: server.path }, options);
      const peer = await arriving;
      peer.send(GREETING);
      const command = await peer.nextCommand();
      expect(command).toMatchObject({ execute: 'qmp_capabilities', arguments: { enable } });
      peer.say({ return: {}, id: command.id });
      const client = await connecting;
      expect(client.greeting.version.qemu).toEqual({ major: 7, minor: 2, micro: 22 });
      expect(client.outOfBand).toBe(enable.length > 0);
      client.close();
    }
  });

  it('says what is wrong when there is no QEMU', async () => {
    await expect(QmpClient.connect({ path: `${server.path}-not-there` })).rejects.toEqual(
      failing('unreachable'),
    );
    await expect(refused((peer) => peer.socket.destroy())).rejects.toEqual(failing('closed'));
    await expect(refused((peer) => peer.send('220 mail.example.org ESMTP\r\n'))).rejects.toEqual(
      failing('protocol'),
    );
    await expect(refused((peer) => peer.say({ return: {}, id: 1 }))).rejects.toEqual(failing('protocol'));
    await expect(
      refused((peer) => {
        peer.send(GREETING);
        void peer
          .nextCommand()
          .then(({ id }) => peer.say({ error: { class: 'GenericError', desc: 'no' }, id }));
      }),
    ).rejects.toEqual(new QmpError('qmp_capabilities', 'GenericError', 'no'));
  });

  it('gives up on a server that does not greet, and leaves no connection behind', async () => {
    const silent = refused(() => undefined, { deadlineMs: 20 });
    await expect(silent).rejects.toEqual(new QmpTimeoutError('connecting', 20, true));
    const stop = new AbortController();
    const stopped = refused(() => stop.abort(new Error('enough')), { signal: stop.signal });
    await expect(stopped).rejects.toThrow('enough');
    await expect(refused(() => undefined, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    while (server.open > 0) await new Promise(setImmediate);
  });

  it('waits for somebody to listen when it is told to, within its deadline', async () => {
    const path = `${server.path}-later`;
    const options = { untilListening: true, deadlineMs: 50 };
    await expect(QmpClient.connect({ path }, options)).rejects.toEqual(
      new QmpTimeoutError('connecting', 50, true),
    );
    const arriving = server.connection();
    const connecting = QmpClient.connect({ path }, { untilListening: true });
    await symlink(server.path, path);
    await (await arriving).greet();
    clients.push(await connecting);
  });

  it('matches answers to commands by id, in whatever order they come', async () => {
    const [client, peer] = await connected();
    const asked = ['a', 'b', 'c'].map((name) => client.execute(name));
    const ids = [await peer.nextCommand(), await peer.nextCommand(), await peer.nextCommand()];
    for (const { execute, id } of ids.toReversed()) peer.say({ return: `${execute}!`, id });
    expect(await Promise.all(asked)).toEqual(['a!', 'b!', 'c!']);
  });

  it('types errors by the class that QEMU gives', async () => {
    const [client, peer] = await connected();
    const asked = client.execute('device_del', { id: 'x' });
    const { id } = await peer.nextCommand();
    peer.say({ error: { class: 'DeviceNotFound', desc: "Device 'x' not found" }, id });
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toEqual(new QmpError('device_del', 'DeviceNotFound', "Device 'x' not found"));
    expect(isQmpError(error, 'DeviceNotFound')).toBe(true);
    expect(isQmpError(error, 'GenericError')).toBe(false);
    expect(isQmpError(new Error('DeviceNotFound'))).toBe(false);
  });

  it('drops an answer that comes after its deadline', async () => {
    const [client, peer] = await connected();
    const late = client.execute('late', {}, { deadlineMs: 10 });
    await expect(late).rejects.toEqual(new QmpTimeoutError('late', 10, true));
    const { id } = await peer.nextCommand();
    peer.say({ return: 'late', id });
    const next = client.execute('next');
    const second = await peer.nextCommand();
    expect(second.id).not.toBe(id);
    peer.say({ return: 'next', id: second.id });
    expect(await next).toBe('next');
  });

  it('stops waiting when the signal aborts, with its reason', async () => {
    const [client, peer] = await connected();
    const stop = new AbortController();
    const asked = client.execute('stop', {}, { signal: stop.signal });
    await peer.nextCommand();
    stop.abort(new Error('changed my mind'));
    await expect(asked).rejects.toThrow('changed my mind');
    await expect(client.execute('stop', {}, { signal: stop.signal })).rejects.toThrow('changed my mind');
    expect(peer.waiting).toBe(0);
  });

  it('keeps seven commands on the wire, so that QEMU goes on reading', async () => {
    const [client, peer] = await connected();
    const asked = Array.from({ length: 10 }, (_, index) => client.execute(`c${index}`));
    const first = await Promise.all(Array.from({ length: 7 }, () => peer.nextCommand()));
    const urgent = client.execute('yank', { instances: [] }, { outOfBand: true });
    const jumped = await peer.nextCommand();
    expect(jumped).toMatchObject({ 'exec-oob': 'yank' });
    peer.say({ return: {}, id: jumped.id });
    await urgent;
    for (const { id } of first) peer.say({ return: id, id });
    for (let rest = 0; rest < 3; rest += 1) {
      const { execute, id } = await peer.nextCommand();
      expect(execute).toBe(`c${7 + rest}`);
      peer.say({ return: id, id });
    }
    expect(await Promise.all(asked)).toHaveLength(10);
  });

  it('never sends a command whose deadline passed while it waited for its turn, and says so', async () => {
    const [client, peer] = await connected();
    const stuck = Array.from({ length: 7 }, () => client.execute('stuck', {}, { deadlineMs: 60 }));
    const settled = Promise.allSettled(stuck);
    await expect(client.execute('waits', {}, { deadlineMs: 10 })).rejects.toEqual(
      new QmpTimeoutError('waits', 10, false),
    );
    // QEMU still has the seven in its queue: they keep their places until it answers.
    await settled;
    const afterwards = client.execute('afterwards');
    const sent = await Promise.all(Array.from({ length: 7 }, () => peer.nextCommand()));
    for (const { id } of sent) peer.say({ return: {}, id });
    const { execute, id } = await peer.nextCommand();
    expect(execute).toBe('afterwards');
    peer.say({ return: 1, id });
    expect(await afterwards).toBe(1);
  });

  it('fails everything that waits at once when the connection ends', async () => {
    const [client, peer] = await connected();
    const events = await client.events();
    const asked = Array.from({ length: 20 }, () => client.execute('query-status'));
    await peer.nextCommand();
    peer.socket.destroy();
    for (const result of await Promise.allSettled(asked))
      expect(result).toEqual({ status: 'rejected', reason: failing('closed') });
    await expect(events.next()).rejects.toEqual(failing('closed'));
    expect(client.closed.aborted).toBe(true);
    await expect(client.execute('query-status')).rejects.toEqual(failing('closed'));
    await expect(client.events()).rejects.toEqual(failing('closed'));
  });

  it('ends what reads events without an error when it is closed on this side', async () => {
    const [client, peer] = await connected();
    const events = await client.events({ only: ['STOP'] });
    const asked = client.execute('query-status');
    client.close();
    await expect(asked).rejects.toEqual(failing('closed'));
    expect(await events.next()).toEqual({ done: true, value: undefined });
    if (!peer.socket.destroyed) await once(peer.socket, 'close');
  });

  it('misses no event after it has subscribed', async () => {
    const [client, peer] = await connected();
    const events = await client.events({ only: ['STOP', 'RESUME'] });
    const timestamp = { seconds: 5, microseconds: 250 };
    for (const event of ['STOP', 'RESET', 'RESUME']) peer.say({ event, timestamp });
    const asked = client.execute('query-status');
    peer.say({ return: {}, id: (await peer.nextCommand()).id });
    await asked;
    expect((await events.next()).value).toEqual({ name: 'STOP', data: {}, timestamp, atMs: 5000.25 });
    expect((await events.next()).value).toMatchObject({ name: 'RESUME' });
  });

  it('drops answers to nobody, and trusts no server that lost the id of a command', async () => {
    const [client, peer] = await connected();
    for (const id of [999_999, -1, 1.5, '1', null, {}, [1]]) peer.say({ return: 'for nobody', id });
    const asked = client.execute('query-status');
    const { id } = await peer.nextCommand();
    peer.say({ return: 'mine', id });
    expect(await asked).toBe('mine');
    const lost = client.execute('query-status');
    peer.say({ error: { class: 'GenericError', desc: 'JSON parse error' } });
    await expect(lost).rejects.toEqual(failing('protocol'));
  });

  it('refuses a second greeting', async () => {
    const [client, peer] = await connected();
    const asked = client.execute('query-status');
    peer.send(GREETING);
    await expect(asked).rejects.toEqual(failing('protocol'));
  });

  it('refuses arguments that QEMU could not read, and disturbs nobody else', async () => {
    const [client, peer] = await connected();
    await expect(client.execute('x', { a: '\ud800' })).rejects.toThrow(TypeError);
    const asked = client.execute('query-status');
    peer.say({ return: 1, id: (await peer.nextCommand()).id });
    expect(await asked).toBe(1);
  });

  it('does not send out-of-band commands where QEMU has not agreed to them', async () => {
    const [client] = await connected({ outOfBand: false });
    const asked = client.execute('yank', { instances: [] }, { outOfBand: true });
    await expect(asked).rejects.toEqual(failing('unsupported'));
  });
});
