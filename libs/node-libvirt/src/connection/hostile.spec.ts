import { describe, expect, it } from '@jest/globals';
import {
  fakeSocket,
  frameBytes,
  wordBytes,
  type FakeLibvirtd,
} from '../../../../test/harness/fake-libvirtd.js';
import { heapBytes } from '../../../../test/harness/heap.js';
import { EVENTS } from '../client/event-schema.js';
import { MessageQueue } from '../client/message-queue.js';
import { LibvirtError, LibvirtTimeoutError, LibvirtTransportError } from '../errors.js';
import { P } from '../procedures/index.js';
import { encode } from '../wire/codec.js';
import { Connection } from './connection.js';

const MIB = 1_048_576;
/** What a heap may grow by for other reasons; each of the tests below sends what would be several times as much. */
const BOUND = 10 * MIB;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function connected(): Promise<{ connection: Connection; daemon: FakeLibvirtd }> {
  const { socket, daemon } = fakeSocket();
  const opening = Connection.open(socket, 'test:///default');
  await daemon.welcome();
  return { connection: await opening, daemon };
}

const dom = { name: 'machine', uuid: '00000000-0000-0000-0000-000000000001', id: 1 };
const lifecycle = (detail: number): Buffer =>
  encode(EVENTS.lifecycle.body, { callbackID: 1, dom, event: 2, detail });
const message = (payload: Uint8Array): Buffer =>
  frameBytes({
    program: 0x20008086,
    procedure: EVENTS.lifecycle.procedure,
    type: 2,
    serial: 0,
    status: 0,
    payload,
  });

describe('A daemon that never answers', () => {
  it('costs each caller no more than its deadline, also those that wait for room on the wire', async () => {
    const { connection, daemon } = await connected();
    const asked = Array.from({ length: 10 }, () =>
      connection.call(P.connect.getHostname, {}, { deadlineMs: 30 }),
    );
    for (const call of await Promise.allSettled(asked))
      expect(call).toMatchObject({ status: 'rejected', reason: expect.any(LibvirtTimeoutError) });
    expect(daemon.seen.filter(({ procedure }) => procedure === P.connect.getHostname.number)).toHaveLength(4);
    connection.close();
  });
});

describe('A daemon that closes at any byte', () => {
  it('fails what was not answered whole, at once', async () => {
    const hostname = wordBytes(4, 0x686f7374);
    const whole = 28 + hostname.length;
    for (let sent = 0; sent <= whole; sent += 1) {
      const { connection, daemon } = await connected();
      const asking = connection.call(P.connect.getHostname, {});
      const { program, procedure, serial } = await daemon.saw(
        (frame) => frame.procedure === P.connect.getHostname.number,
      );
      const reply = frameBytes({ program, procedure, serial, type: 1, status: 0, payload: hostname });
      daemon.send(reply.subarray(0, sent));
      daemon.wire.end();
      if (sent === whole) expect(await asking).toEqual({ hostname: 'host' });
      else await expect(asking).rejects.toMatchObject({ name: 'LibvirtTransportError', failure: 'closed' });
    }
  });
});

describe('An error', () => {
  it('without a message, and with nonsense in its numbers, is an error all the same', async () => {
    const { connection, daemon } = await connected();
    const asking = connection.call(P.connect.getHostname, {});
    const call = await daemon.saw((frame) => frame.procedure === P.connect.getHostname.number);
    daemon.answer(call, wordBytes(0x7fffffff, 0xffffffff, 0, 99, 0, 0, 0, 0, 1, 2, 0), 1);
    await expect(asking).rejects.toBeInstanceOf(LibvirtError);
    await expect(asking).rejects.toMatchObject({ code: 0x7fffffff, domain: -1, level: 99, integers: [1, 2] });
    connection.close();
  });

  it('that cannot be read ends the connection, and the call with it', async () => {
    const { connection, daemon } = await connected();
    const asking = connection.call(P.connect.getHostname, {});
    const call = await daemon.saw((frame) => frame.procedure === P.connect.getHostname.number);
    daemon.answer(call, wordBytes(1, 2, 1, 0xffffffff), 1);
    await expect(asking).rejects.toMatchObject({ name: 'LibvirtTransportError', failure: 'protocol' });
    expect(connection.closed.reason).toBeInstanceOf(LibvirtTransportError);
  });
});

describe('The memory that a daemon can take', () => {
  it('is no more than the bytes of a packet that comes byte by byte', async () => {
    const { connection, daemon } = await connected();
    const header = frameBytes({
      program: 0x20008086,
      procedure: 1,
      type: 3,
      serial: 99,
      status: 2,
      payload: new Uint8Array(),
      length: 32 * MIB,
    });
    daemon.send(header);
    await turn();
    const before = heapBytes();
    const bytes = 400_000;
    for (let sent = 0; sent < bytes; sent += 1) {
      // Each in memory of its own, as the kernel hands them over.
      daemon.send(Buffer.alloc(1));
      if (sent % 1000 === 0) await turn();
    }
    await turn();
    expect(heapBytes() - before).toBeLessThan(BOUND);
    expect(connection.closed.aborted).toBe(false);
    connection.close();
  });

  it('does not grow with pings whose answers it does not read', async () => {
    const { connection, daemon } = await connected();
    daemon.wire.pause();
    const ping = frameBytes({
      program: 0x6b656570,
      procedure: 1,
      type: 2,
      serial: 0,
      status: 0,
      payload: new Uint8Array(),
    });
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => ping));
    const before = heapBytes();
    for (let sent = 0; sent < 300; sent += 1) {
      daemon.send(pings);
      await turn();
    }
    expect(heapBytes() - before).toBeLessThan(BOUND);
    connection.close();
  });

  it('does not grow with events that nobody reads: their reader loses touch instead', async () => {
    const { connection, daemon } = await connected();
    const messages = new MessageQueue(connection, new AbortController().signal);
    const huge = Buffer.concat([lifecycle(0), Buffer.alloc(4 * MIB)]);
    for (let sent = 0; sent < 64 && !connection.closed.aborted; sent += 1) {
      daemon.send(message(huge));
      await turn();
    }
    expect(connection.closed.aborted).toBe(true);
    await expect(messages[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: false });
  });

  it('is not kept by the small events of large chunks', async () => {
    const { connection, daemon } = await connected();
    const enough = new AbortController();
    const messages = new MessageQueue(connection, enough.signal);
    const nothing = message(Buffer.alloc(60_000));
    connection.onMessage = ((keep) => (packet) => {
      if (packet.payload.length < 1000) keep(packet);
    })(connection.onMessage);
    const before = heapBytes();
    for (let sent = 0; sent < 1000; sent += 1) {
      daemon.send(Buffer.concat([nothing, message(lifecycle(sent))]));
      await turn();
    }
    expect(heapBytes() - before).toBeLessThan(BOUND);
    const first = await messages[Symbol.asyncIterator]().next();
    expect(first.done).toBe(false);
    connection.close();
  });
});
