import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fakeSocket, type FakeLibvirtd, type Frame } from '../../../../test/harness/fake-libvirtd.js';
import { heapBytes } from '../../../../test/harness/heap.js';
import { expectTyped, turn, withinReason } from '../../../../test/harness/settled.js';
import {
  hostileBytes,
  hostileTalk,
  piecesOf,
  type HostileTalk,
} from '../../../../test/harness/hostile-libvirt.js';
import { readHostEvent, readMonitorEvent } from '../client/events.js';
import { MessageQueue } from '../client/message-queue.js';
import { LibvirtTransportError } from '../errors.js';
import { P } from '../procedures/index.js';
import type { StreamProcedure } from '../procedures/procedure.js';
import type { CallStream } from './call-stream.js';
import { Connection } from './connection.js';
import { isHole } from './hole.js';

/** Connections of the fuzz test; on each some four hostile frames are taken in before it ends. */
const RUNS = Number(process.env['LIBVIRT_FUZZ_RUNS'] ?? 300);
const PATIENCE_MS = 30_000 + RUNS * 100;
const DEADLINE_MS = 40;
const GROWTH_BYTES = 16 * 1024 * 1024;

const tally = { sent: 0, taken: 0, grown: 0 };

const dom = { name: 'machine', uuid: '00000000-0000-0000-0000-000000000001', id: 1 };
const vol = { pool: 'pool', name: 'volume', key: '/volume' };
const range = { vol, offset: 0n, length: 0n };
const options = { deadlineMs: DEADLINE_MS };

/** Answers with lists, strings, optionals, typed parameters and characters in them; one has to wait for room on the wire. */
const callAll = (connection: Connection): readonly Promise<unknown>[] => [
  connection.call(P.connect.listAllDomains, { flags: 0 }, options),
  connection.call(P.connect.getAllDomainStats, { doms: [], stats: 0, flags: 0 }, options),
  connection.call(P.node.getInfo, {}, options),
  connection.call(P.domain.getJobStats, { dom, flags: 0 }, options),
  connection.call(P.domain.getXmlDesc, { dom, flags: 0 }, options),
];

async function openOne<A, R>(
  connection: Connection,
  daemon: FakeLibvirtd,
  procedure: StreamProcedure<A, R>,
  args: A,
): Promise<CallStream<R>> {
  const before = daemon.seen.length;
  const opening = connection.openStream(procedure, args);
  const call = await daemon.saw((frame) => daemon.seen.indexOf(frame) >= before);
  daemon.answer(call);
  return opening;
}

/** Takes what comes until the end, which may be an error of ours. */
async function readAll(stream: CallStream, sparse: boolean): Promise<void> {
  try {
    for await (const item of stream as AsyncIterable<unknown>) {
      if (sparse && isHole(item)) expect(item.hole).toBeGreaterThan(0);
      else expect(Buffer.isBuffer(item)).toBe(true);
    }
  } catch (error) {
    expectTyped(error);
  }
}

async function writeSome(stream: CallStream): Promise<void> {
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.on('error', expectTyped);
  for (let count = 0; count < 5 && !stream.destroyed; count += 1) {
    stream.write(Buffer.alloc(100));
    await turn();
  }
  stream.end();
  await closed;
}

async function followEvents(connection: Connection, signal: AbortSignal): Promise<void> {
  try {
    for await (const message of new MessageQueue(connection, signal)) {
      readHostEvent(message);
      readMonitorEvent(message);
    }
  } catch (error) {
    connection.close();
    expectTyped(error);
  }
}

async function talk(daemon: FakeLibvirtd, hostile: HostileTalk, over: AbortSignal): Promise<void> {
  const open = daemon.seen.map(({ serial }: Frame) => serial).slice(-8);
  for (const frame of hostile.frames) {
    tally.sent += 1;
    if (!over.aborted) tally.taken += 1;
    for (const piece of piecesOf(hostileBytes(frame, open), hostile.cuts)) {
      daemon.send(piece);
      await turn();
    }
  }
}

async function surviveTalk(hostile: HostileTalk): Promise<void> {
  const { socket, daemon } = fakeSocket();
  const opening = Connection.open(socket, 'qemu:///system');
  await daemon.welcome();
  const connection = await opening;
  const streams = [
    await openOne(connection, daemon, P.storageVol.download, { ...range, flags: 1 }),
    await openOne(connection, daemon, P.storageVol.download, range),
    await openOne(connection, daemon, P.storageVol.upload, range),
    await openOne(connection, daemon, P.domain.openConsole, { dom }),
  ] as const;
  const [sparse, plain, upload, machine] = streams;
  const enough = new AbortController();
  const using = [
    readAll(sparse, true),
    readAll(plain, false),
    writeSome(upload),
    readAll(machine, false),
    followEvents(connection, enough.signal),
  ];
  const asked = callAll(connection);
  const answers = Promise.allSettled(asked);
  await turn();
  await talk(daemon, hostile, connection.closed);
  if (hostile.ending === 'close') daemon.wire.end();
  if (hostile.ending === 'reset') socket.destroy(new Error('read ECONNRESET'));
  for (const answer of await withinReason(answers))
    if (answer.status === 'rejected') expectTyped(answer.reason);
  connection.close();
  enough.abort();
  await withinReason(Promise.all(using));
  for (const stream of streams) expect(stream.destroyed).toBe(true);
  expect(connection.closed.reason).toBeInstanceOf(LibvirtTransportError);
  expect(socket.destroyed).toBe(true);
}

describe('The client of a hostile daemon', () => {
  afterAll(() => {
    if ('LIBVIRT_FUZZ_RUNS' in process.env)
      process.stdout.write(
        `${tally.sent} hostile frames, ${tally.taken} of them on open connections; the heap grew by ${tally.grown} bytes\n`,
      );
  });

  it(
    'answers its callers or fails them with an error of its own, whatever comes and however it is cut (SPEC-VIRT-4)',
    async () => {
      const warm = Math.ceil(RUNS / 4);
      await fc.assert(fc.asyncProperty(hostileTalk, surviveTalk), { numRuns: warm });
      const before = heapBytes();
      await fc.assert(fc.asyncProperty(hostileTalk, surviveTalk), { numRuns: RUNS - warm });
      tally.grown = heapBytes() - before;
      expect(tally.grown).toBeLessThan(GROWTH_BYTES);
    },
    PATIENCE_MS,
  );

  it(
    'keeps for its user what breaks a stream before that one listens',
    async () => {
      const survive = async (hostile: HostileTalk): Promise<void> => {
        const { socket, daemon } = fakeSocket();
        const opening = Connection.open(socket, 'qemu:///system');
        await daemon.welcome();
        const connection = await opening;
        const asked = connection.openStream(P.storageVol.download, range, options);
        asked.catch(expectTyped);
        const call = await daemon.saw(({ procedure }) => procedure === P.storageVol.download.number);
        tally.sent += hostile.frames.length;
        tally.taken += 1;
        const frames = hostile.frames.map((frame) => hostileBytes(frame, [call.serial]));
        daemon.answer(call);
        daemon.send(Buffer.concat(frames));
        const stream = await withinReason(asked.catch(() => undefined));
        for (let turns = 0; turns < 3; turns += 1) await turn();
        if (hostile.ending !== 'silence') daemon.wire.end();
        else connection.close();
        if (stream !== undefined) await withinReason(readAll(stream, false));
        connection.close();
      };
      await fc.assert(fc.asyncProperty(hostileTalk, survive), { numRuns: Math.ceil(RUNS / 4) });
    },
    PATIENCE_MS,
  );

  it(
    'never takes for a libvirtd what does not begin as one',
    async () => {
      const survive = async (hostile: HostileTalk): Promise<void> => {
        const { socket, daemon } = fakeSocket();
        const opening = Connection.open(socket, 'qemu:///system', options);
        const refused = expect(withinReason(opening)).rejects.toBeInstanceOf(Error);
        opening.catch(expectTyped);
        await daemon.saw(() => true);
        const over = new AbortController();
        socket.once('close', () => over.abort());
        await talk(daemon, hostile, over.signal);
        if (hostile.ending !== 'silence') daemon.wire.end();
        await refused;
        expect(socket.destroyed).toBe(true);
      };
      await fc.assert(fc.asyncProperty(hostileTalk, survive), { numRuns: Math.ceil(RUNS / 4) });
    },
    PATIENCE_MS,
  );
});
