import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  fakeSocket,
  frameBytes,
  wordBytes,
  type FakeLibvirtd,
  type Frame,
} from '../../../../test/harness/fake-libvirtd.js';
import { P } from '../procedures/index.js';
import type { CallStream } from './call-stream.js';
import { Connection } from './connection.js';

const OK = 0;
const ERROR = 1;
const CONTINUE = 2;
const STREAM = 3;
const HOLE = 6;
const NOTHING = Buffer.alloc(0);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const range = { vol: { pool: 'pool', name: 'volume', key: '/volume' }, offset: 0n, length: 0n };
const dom = { name: 'machine', uuid: '00000000-0000-0000-0000-000000000001', id: 1 };
const holeBytes = (length: bigint): Buffer => {
  const bytes = Buffer.alloc(12);
  bytes.writeBigInt64BE(length);
  return bytes;
};
/** ENOSPC as libvirtd tells it: code, domain, a message, level and the rest empty. */
const diskFull = Buffer.concat([
  wordBytes(38, 38, 1, 4),
  Buffer.from('full'),
  wordBytes(2, 0, 0, 0, 0, 0xffffffff, 0xffffffff, 0),
]);

type World = { readonly connection: Connection; readonly daemon: FakeLibvirtd };

async function connected(): Promise<World> {
  const { socket, daemon } = fakeSocket();
  const opening = Connection.open(socket, 'test:///default');
  await daemon.welcome();
  return { connection: await opening, daemon };
}

const isCall = ({ type, procedure }: Frame): boolean =>
  type === 0 && [208, 209, P.domain.openConsole.number].includes(procedure);

/** A stream that the daemon has opened, and the call that it did that for. */
async function opened<S extends CallStream>(
  { connection, daemon }: World,
  open: (connection: Connection) => Promise<S>,
): Promise<{ stream: S; call: Frame }> {
  const opening = open(connection);
  const call = await daemon.saw(isCall);
  daemon.answer(call);
  return { stream: await opening, call };
}
const upload =
  (flags = 0) =>
  (connection: Connection) =>
    connection.openStream(P.storageVol.upload, { ...range, flags });
const download =
  (flags = 0) =>
  (connection: Connection) =>
    connection.openStream(P.storageVol.download, { ...range, flags });

const sent = (daemon: FakeLibvirtd, type: number): readonly Frame[] =>
  daemon.seen.filter((frame) => frame.type === type);
const sawStatus = (daemon: FakeLibvirtd, status: number): Promise<Frame> =>
  daemon.saw((frame) => frame.type === STREAM && frame.status === status);
const sendHole = (daemon: FakeLibvirtd, { program, procedure, serial }: Frame, length: bigint): void =>
  daemon.send(
    frameBytes({ program, procedure, serial, type: HOLE, status: CONTINUE, payload: holeBytes(length) }),
  );

async function readAll(stream: CallStream): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream as AsyncIterable<unknown>) items.push(item);
  return items;
}

let world: World;
beforeEach(async () => {
  world = await connected();
});
afterEach(() => {
  world.connection.close();
  jest.useRealTimers();
});

describe('A stream from the daemon', () => {
  it('ends when the daemon has confirmed our confirmation', async () => {
    const { daemon } = world;
    const { stream, call } = await opened(world, download());
    let ended = false;
    const reading = readAll(stream).finally(() => (ended = true));
    daemon.stream(call, Buffer.from('data'));
    daemon.stream(call);
    await sawStatus(daemon, OK);
    await turn();
    expect(ended).toBe(false);
    daemon.stream(call, NOTHING, OK);
    expect(await reading).toEqual([Buffer.from('data')]);
    expect(stream.closed).toBe(true);
    expect(sent(daemon, STREAM)).toHaveLength(1);
  });

  it('gives holes between the data when it was asked for them', async () => {
    const { daemon } = world;
    const { stream, call } = await opened(world, download(1));
    daemon.stream(call, Buffer.from('data'));
    sendHole(daemon, call, 2n ** 40n);
    sendHole(daemon, call, 0n);
    daemon.stream(call);
    await sawStatus(daemon, OK);
    daemon.stream(call, NOTHING, OK);
    expect(await readAll(stream)).toEqual([Buffer.from('data'), { hole: 2 ** 40 }]);
  });

  it.each([
    ['a hole that nobody asked for', (call: Frame) => sendHole(world.daemon, call, 1n)],
    ['an end without the end of the data', (call: Frame) => world.daemon.stream(call, NOTHING, OK)],
    ['a status that there is not', (call: Frame) => world.daemon.stream(call, NOTHING, 3)],
  ])('ends, and its connection, with %s', async (_name, send) => {
    const { stream, call } = await opened(world, download());
    const reading = readAll(stream);
    send(call);
    await expect(reading).rejects.toMatchObject({ name: 'LibvirtTransportError', failure: 'protocol' });
    expect(world.connection.closed.aborted).toBe(true);
  });

  it.each([-1n, -(2n ** 63n), 2n ** 63n - 1n])('takes no hole of %d bytes', async (length) => {
    const { stream, call } = await opened(world, download(1));
    const reading = readAll(stream);
    sendHole(world.daemon, call, length);
    await expect(reading).rejects.toMatchObject({ failure: 'protocol' });
  });

  it('is not taken for silent while its reader makes a pause, and is when the reader goes on', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    world = await connected();
    const { stream, call } = await opened(world, download());
    for (let count = 0; count < 8; count += 1) world.daemon.stream(call, Buffer.alloc(262_120));
    await turn();
    jest.advanceTimersByTime(300_000);
    expect(world.connection.closed.aborted).toBe(false);
    stream.resume();
    await turn();
    jest.advanceTimersByTime(20_000);
    expect(world.connection.closed.aborted).toBe(false);
    jest.advanceTimersByTime(20_000);
    expect(world.connection.closed.reason).toMatchObject({ failure: 'closed' });
  });
});

describe('A stream to the daemon', () => {
  it('finishes when the daemon has confirmed', async () => {
    const { daemon } = world;
    const { stream, call } = await opened(world, upload());
    stream.end('some bytes');
    await sawStatus(daemon, OK);
    await turn();
    expect(stream.writableFinished).toBe(false);
    daemon.stream(call, NOTHING, OK);
    await once(stream, 'close');
    expect(stream.writableFinished).toBe(true);
    expect(
      sent(daemon, STREAM).map(({ status, payload }) => [status, Buffer.from(payload).toString()]),
    ).toEqual([
      [CONTINUE, 'some bytes'],
      [OK, ''],
    ]);
  });

  it('tells holes from data when it is sparse, and takes nothing else', async () => {
    const { daemon } = world;
    const { stream } = await opened(world, upload(1));
    stream.write(Buffer.from('data'));
    stream.write({ hole: 5_000_000_000 });
    const hole = await daemon.saw(({ type }) => type === HOLE);
    expect(hole).toMatchObject({ status: CONTINUE, payload: holeBytes(5_000_000_000n) });
    const failed = new Promise((resolve) => stream.once('error', resolve));
    stream.write('text');
    daemon.stream(await sawStatus(daemon, ERROR), NOTHING, OK);
    expect(await failed).toBeInstanceOf(TypeError);
  });

  it.each(['while it is written', 'in place of the confirmation'])(
    'fails with what the daemon says %s',
    async (when) => {
      const { daemon } = world;
      const { stream, call } = await opened(world, upload());
      const failed = new Promise((resolve) => stream.once('error', resolve));
      stream.write(Buffer.alloc(1000));
      if (when !== 'while it is written') {
        stream.end();
        await sawStatus(daemon, OK);
      }
      daemon.stream(call, diskFull, ERROR);
      expect(await failed).toMatchObject({ name: 'LibvirtError', code: 38, message: 'full' });
      expect(stream.writableFinished).toBe(false);
      expect(sent(daemon, STREAM).some(({ status }) => status === ERROR)).toBe(false);
      expect(world.connection.closed.aborted).toBe(false);
    },
  );

  it('takes no data from the daemon', async () => {
    const { stream, call } = await opened(world, upload());
    const failed = new Promise((resolve) => stream.once('error', resolve));
    world.daemon.stream(call, Buffer.from('data'));
    expect(await failed).toMatchObject({ failure: 'protocol' });
  });
});

describe('An aborted stream', () => {
  it.each([
    ['from the daemon', download()],
    ['to the daemon', upload()],
  ])('%s is closed when the daemon has confirmed, and what still comes is dropped', async (_name, open) => {
    const { daemon } = world;
    const { stream, call } = await opened(world, open);
    const reason = new Error('enough');
    stream.destroy(reason);
    await sawStatus(daemon, ERROR);
    daemon.stream(call, Buffer.alloc(1000));
    await turn();
    expect(stream.closed).toBe(false);
    daemon.stream(call, NOTHING, OK);
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.errored).toBe(reason);
    expect(world.connection.closed.aborted).toBe(false);
  });

  it('is closed with its connection, or after a time, when the daemon does not confirm', async () => {
    const { stream } = await opened(world, download());
    stream.destroy();
    world.connection.close();
    await new Promise((resolve) => stream.once('close', resolve));

    world = await connected();
    const { stream: other } = await opened(world, download());
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    other.destroy();
    await turn();
    jest.advanceTimersByTime(4_000);
    await turn();
    expect(other.closed).toBe(false);
    jest.advanceTimersByTime(1_000);
    await turn();
    expect(other.closed).toBe(true);
  });

  it('aborts with the signal of the call that opened it', async () => {
    const aborting = new AbortController();
    const { stream } = await opened(world, (connection) =>
      connection.openStream(P.storageVol.download, range, { signal: aborting.signal }),
    );
    const reading = readAll(stream);
    const reason = new Error('enough');
    aborting.abort(reason);
    const abort = await sawStatus(world.daemon, ERROR);
    world.daemon.stream(abort, NOTHING, OK);
    await expect(reading).rejects.toBe(reason);
  });

  it('is aborted at the daemon when that opens it after all, though nobody waits for it any more', async () => {
    const { connection, daemon } = world;
    const opening = connection.openStream(P.storageVol.download, range, { deadlineMs: 10 });
    const call = await daemon.saw(isCall);
    await expect(opening).rejects.toMatchObject({ name: 'LibvirtTimeoutError' });
    await turn();
    expect(sent(daemon, STREAM)).toHaveLength(0);
    daemon.answer(call);
    await sawStatus(daemon, ERROR);
    expect(connection.closed.aborted).toBe(false);
  });
});

describe('A stream both ways', () => {
  const open = (connection: Connection): Promise<CallStream> =>
    connection.openStream(P.domain.openConsole, { dom });

  it('is ended by either side for both', async () => {
    const { daemon } = world;
    const { stream, call } = await opened(world, open);
    stream.write('hello');
    daemon.stream(call, Buffer.from('world'));
    stream.end();
    await sawStatus(daemon, OK);
    daemon.stream(call, NOTHING, OK);
    expect(await readAll(stream)).toEqual([Buffer.from('world')]);
    expect(stream.writableFinished).toBe(true);

    world.connection.close();
    world = await connected();
    const { stream: other, call: otherCall } = await opened(world, open);
    const reading = readAll(other);
    world.daemon.stream(otherCall);
    await sawStatus(world.daemon, OK);
    world.daemon.stream(otherCall, NOTHING, OK);
    expect(await reading).toEqual([]);
    await turn();
    expect(other.closed).toBe(true);
    expect(sent(world.daemon, STREAM)).toHaveLength(1);
  });
});
