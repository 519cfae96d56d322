import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeLibvirtdSocket, wordBytes, type FakeLibvirtd } from '../../../../test/harness/fake-libvirtd.js';
import { heapBytes } from '../../../../test/harness/heap.js';
import { expectTyped, turn, withinReason } from '../../../../test/harness/settled.js';
import {
  hostileBytes,
  hostileTalk,
  piecesOf,
  type HostileTalk,
} from '../../../../test/harness/hostile-libvirt.js';
import { P } from '../procedures/index.js';
import { encode } from '../wire/codec.js';
import { Libvirt } from './libvirt.js';
import { downloadVolume, uploadVolume } from './volumes.js';

/** Each takes four transfers and a subscription, with a connection of its own for each. */
const RUNS = Math.ceil(Number(process.env['LIBVIRT_FUZZ_RUNS'] ?? 200) / 10);
const PATIENCE_MS = 30_000 + RUNS * 1000;
const ENOUGH_MS = 60;
const GROWTH_BYTES = 16 * 1024 * 1024;

const vol = { pool: 'pool', name: 'volume', key: '/volume' };
const volume = encode(P.storageVol.getInfoFlags.result, { type: 0, capacity: 1_000_000n, allocation: 0n });
/** Lets everybody in, says of every volume what it is, opens every stream, and is hostile on those and to subscribers. */
async function serve(daemon: FakeLibvirtd, hostile: HostileTalk): Promise<void> {
  await daemon.welcome();
  const asked = P.storageVol.getInfoFlags.number;
  for (let next = daemon.seen.length; ; next += 1) {
    const call = await daemon.saw((frame) => daemon.seen.indexOf(frame) === next);
    if (call.procedure === asked) {
      daemon.answer(call, volume);
      continue;
    }
    daemon.answer(call, call.procedure === 316 ? wordBytes(1) : undefined);
    for (const frame of hostile.frames)
      for (const piece of piecesOf(hostileBytes(frame, [call.serial]), hostile.cuts)) {
        daemon.send(piece);
        await turn();
      }
    if (hostile.ending === 'close') daemon.wire.end();
    if (hostile.ending === 'reset') daemon.wire.destroy();
    // Longer than anybody has patience for, shorter than an aborted stream waits for the daemon.
    else setTimeout(() => daemon.wire.destroy(), 3 * ENOUGH_MS);
    return;
  }
}

const sink = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function follow(host: Libvirt, signal: AbortSignal): Promise<void> {
  for await (const event of host.events(['lifecycle', 'jobCompleted'], signal))
    if (event.type === 'disconnected') expectTyped(event.error);
}

describe('A client and the volumes of a hostile daemon', () => {
  let server: FakeLibvirtdSocket;
  beforeAll(async () => {
    server = await FakeLibvirtdSocket.listen();
  });
  afterAll(() => server.close());

  async function survive(hostile: HostileTalk): Promise<void> {
    server.onConnection = (daemon) => void serve(daemon, hostile);
    const host = new Libvirt(`test+unix:///default?socket=${server.path}`);
    const options = { signal: AbortSignal.timeout(ENOUGH_MS), deadlineMs: ENOUGH_MS };
    const transfers = [
      uploadVolume(host, vol, [Buffer.alloc(200_000), Buffer.alloc(300_000, 1)], options),
      uploadVolume(host, vol, [Buffer.alloc(300_000, 1)], { ...options, sparse: false }),
      downloadVolume(host, vol, sink(), options),
      downloadVolume(host, vol, sink(), { ...options, sparse: false, length: 1000 }),
      follow(host, options.signal),
    ];
    for (const transfer of await withinReason(Promise.allSettled<unknown>(transfers)))
      if (transfer.status === 'rejected') expectTyped(transfer.reason);
    host.close();
    while (server.open > 0) await turn();
  }

  it(
    'end in time, with a result or an error of the client, and leave nothing open',
    async () => {
      const warm = Math.ceil(RUNS / 4);
      await fc.assert(fc.asyncProperty(hostileTalk, survive), { numRuns: warm });
      const before = heapBytes();
      await fc.assert(fc.asyncProperty(hostileTalk, survive), { numRuns: RUNS - warm });
      expect(heapBytes() - before).toBeLessThan(GROWTH_BYTES);
    },
    PATIENCE_MS,
  );

  it('are not kept busy by a hole without an end', async () => {
    const hole = Buffer.alloc(12);
    hole.writeBigInt64BE(2n ** 52n);
    const packet = { program: 0x20008086, procedure: 209, type: 6, status: 2, payload: hole };
    const frames = [{ ...packet, length: { off: 0 }, serial: { open: 0 } }];
    server.onConnection = (daemon) => void serve(daemon, { frames, cuts: [0], ending: 'silence' });
    const host = new Libvirt(`test+unix:///default?socket=${server.path}`);
    const aborting = new AbortController();
    const zeros = new Writable({
      write: (_chunk, _encoding, done) => {
        setImmediate(() => aborting.abort(new Error('enough')));
        done();
      },
    });
    await expect(downloadVolume(host, vol, zeros, { signal: aborting.signal })).rejects.toThrow('enough');
    host.close();
  });
});
