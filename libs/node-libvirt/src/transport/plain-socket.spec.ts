import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  FakeLibvirtdSocket,
  frameBytes,
  wordBytes,
  type FakeLibvirtd,
} from '../../../../test/harness/fake-libvirtd.js';
import { turn } from '../../../../test/harness/settled.js';
import { MessageQueue } from '../client/message-queue.js';
import { Connection } from '../connection/connection.js';
import { P } from '../procedures/index.js';
import { encode } from '../wire/codec.js';
import { connectPlain } from './plain-socket.js';

const MIB = 1_048_576;
/** Of a packet, so that more than one of them is read at once. */
const PART = 50_000;

let server: FakeLibvirtdSocket;
beforeAll(async () => {
  server = await FakeLibvirtdSocket.listen();
});
afterAll(() => server.close());

async function arrival(): Promise<FakeLibvirtd> {
  return new Promise((resolve) => {
    server.onConnection = resolve;
  });
}

async function connected(): Promise<{ connection: Connection; daemon: FakeLibvirtd }> {
  const arriving = arrival();
  const socket = connectPlain({ path: server.path });
  const daemon = await arriving;
  const opening = Connection.open(socket, 'test:///default');
  await daemon.welcome();
  return { connection: await opening, daemon };
}

/** Somebody else's connection reads as much as the buffer holds, and so overwrites it. */
async function overwriteBuffer(): Promise<void> {
  const arriving = arrival();
  const socket = connectPlain({ path: server.path }).resume();
  const daemon = await arriving;
  daemon.send(Buffer.alloc(MIB, 0xff));
  while (socket.bytesRead < MIB) await turn();
  socket.destroy();
}

const hostnameBytes = (hostname: string): Buffer => encode(P.connect.getHostname.result, { hostname });

describe('Connections that read into one buffer', () => {
  it('keep the half of an answer while another connection reads', async () => {
    const { connection, daemon } = await connected();
    const hostname = 'h'.repeat(PART);
    const asking = connection.call(P.connect.getHostname, {});
    const call = await daemon.saw(({ procedure }) => procedure === P.connect.getHostname.number);
    const answer = frameBytes({ ...call, type: 1, status: 0, payload: hostnameBytes(hostname) });
    for (let at = 0; at < answer.length; at += 20_000) {
      daemon.send(answer.subarray(at, at + 20_000));
      await overwriteBuffer();
    }
    await expect(asking).resolves.toEqual({ hostname });
    connection.close();
  });

  it('keep the messages that nobody has read yet', async () => {
    const { connection, daemon } = await connected();
    const queue = new MessageQueue(connection, new AbortController().signal);
    const payloads = Array.from({ length: 5 }, () => randomBytes(1_000));
    const message = { program: 0x20008086, procedure: 318, type: 2, serial: 0, status: 0 };
    for (const payload of payloads) daemon.send(frameBytes({ ...message, payload }));
    await overwriteBuffer();
    const unread = queue[Symbol.asyncIterator]();
    for (const payload of payloads)
      expect((await unread.next()).value).toMatchObject({ payload: Buffer.from(payload) });
    connection.close();
  });

  it('keep what a slow reader of a stream has not taken', async () => {
    const { connection, daemon } = await connected();
    const vol = { pool: 'pool', name: 'volume', key: '/volume' };
    const opening = connection.openStream(P.storageVol.download, { vol, offset: 0n, length: 0n });
    const call = await daemon.saw(({ procedure }) => procedure === P.storageVol.download.number);
    daemon.answer(call);
    const stream = await opening;
    const parts = Array.from({ length: 60 }, () => randomBytes(PART));
    for (const part of parts) daemon.stream(call, part);
    const reader = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const taken: Buffer[] = [];
    for (let left = parts.length * PART; left > 0; left -= taken.at(-1)?.length ?? 0) {
      await overwriteBuffer();
      taken.push((await reader.next()).value as Buffer);
    }
    expect(Buffer.concat(taken).equals(Buffer.concat(parts))).toBe(true);
    connection.close();
  });

  it('give opaque values that stay what they were', async () => {
    const { connection, daemon } = await connected();
    const value = randomBytes(100);
    const asking = connection.call(P.secret.getValue, {
      secret: { uuid: '00000000-0000-0000-0000-000000000001', usageType: 0, usageID: '' },
      flags: 0,
    });
    const call = await daemon.saw(({ procedure }) => procedure === P.secret.getValue.number);
    daemon.answer(call, Buffer.concat([wordBytes(value.length), value]));
    const answer = await asking;
    await overwriteBuffer();
    expect(answer.value.equals(value)).toBe(true);
    connection.close();
  });
});

describe('A plain socket', () => {
  it('reads nothing while it is paused, then all of it, and ends', async () => {
    const arriving = arrival();
    const socket = connectPlain({ path: server.path });
    const daemon = await arriving;
    const sent = randomBytes(4 * MIB);
    const taken: Buffer[] = [];
    let paused = false;
    socket.on('data', (chunk: Buffer) => {
      expect(paused).toBe(false);
      taken.push(Buffer.from(chunk));
      paused = true;
      socket.pause();
      setImmediate(() => {
        paused = false;
        socket.resume();
      });
    });
    const ended = once(socket, 'end');
    daemon.send(sent);
    daemon.wire.end();
    await ended;
    expect(Buffer.concat(taken).equals(sent)).toBe(true);
  });
});
