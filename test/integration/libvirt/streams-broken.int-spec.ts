import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  downloadVolume,
  Libvirt,
  uploadVolume,
  type CallStream,
  type PoolRef,
  type VolumeRef,
} from '../../../libs/node-libvirt/src/index.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';
import { until } from '../../harness/until.js';
import { clientsOf, makePool, makeSparseFile, makeVolume, MIB, openAtDaemon } from '../../harness/volumes.js';

jest.setTimeout(60_000);

/** What no socket and no stream may hold: far more than their buffers, far less than the volume. */
const BOUND = 32 * MIB;
const SIZE = 256 * MIB;

let daemon: TestLibvirtd;
let host: Libvirt;
let pool: PoolRef;
let source: string;
/** Full of data. */
let full: VolumeRef;

beforeAll(async () => {
  // The daemon closes a connection that leaves its pings unanswered for three seconds.
  daemon = await startLibvirtd({ config: { keepalive_interval: 1, keepalive_count: 2 } });
  host = new Libvirt(`storage+unix:///system?socket=${daemon.socket}`);
  pool = await makePool(host, join(daemon.dir, 'pool'));
  source = await makeSparseFile(join(daemon.dir, 'source'), SIZE, [{ at: 0, length: SIZE }]);
  full = await makeVolume(host, pool, 'full', SIZE);
  await uploadVolume(host, full, source);
});
afterAll(async () => {
  host.close();
  await daemon.stop();
});

/** Nothing of a stream is left at the daemon but the connection for ordinary calls. */
async function expectNothingLeft(vol: VolumeRef): Promise<void> {
  // Its own part of an end that we have seen, the daemon does a moment later.
  await until(async () => (await openAtDaemon(daemon, vol)) === 0 || undefined, { withinMs: 5_000 });
  await until(async () => (await clientsOf(daemon)) <= 1 || undefined, { withinMs: 5_000 });
}

const range = { offset: 0n, length: 0n };

describe('An aborted transfer', () => {
  const reason = new Error('enough');

  it.each([0, 1, 20 * MIB])(
    'leaves nothing when it is aborted after %d bytes, up or down (SPEC-VIRT-5)',
    async (after) => {
      const empty = await makeVolume(host, pool, `aborted-${after}`, SIZE);
      const transfers = [
        [empty, (options: Parameters<typeof uploadVolume>[3]) => uploadVolume(host, empty, source, options)],
        [
          full,
          (options: Parameters<typeof downloadVolume>[3]) => downloadVolume(host, full, '/dev/null', options),
        ],
      ] as const;
      for (const [vol, transfer] of transfers) {
        const aborting = new AbortController();
        let through = 0;
        const onProgress = ({ bytes }: { bytes: number }): void => {
          through = bytes;
          if (bytes >= after) aborting.abort(reason);
        };
        if (after === 0) setImmediate(() => aborting.abort(reason));
        await expect(transfer({ signal: aborting.signal, onProgress })).rejects.toBe(reason);
        expect(through).toBeLessThan(SIZE);
        await expectNothingLeft(vol);
      }
    },
  );

  it('does not wait for a source or a target that has stopped', async () => {
    const vol = await makeVolume(host, pool, 'stopped', SIZE);
    const silent = new PassThrough();
    silent.write(Buffer.alloc(1000));
    async function* stuck(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1000);
      await new Promise(() => undefined);
    }
    for (const from of [silent, stuck()])
      await expect(uploadVolume(host, vol, from, { signal: AbortSignal.timeout(100) })).rejects.toMatchObject(
        {
          name: 'TimeoutError',
        },
      );
    const deaf = new Writable({ write: () => undefined });
    await expect(
      downloadVolume(host, full, deaf, { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    await expectNothingLeft(vol);
    await expectNothingLeft(full);
  });

  it('is told to the daemon at once, and closes when it has confirmed', async () => {
    for (const open of [
      () => host.storageVol.download({ vol: full, ...range }),
      () => host.storageVol.upload({ vol: full, ...range }),
    ]) {
      const stream: CallStream = await open();
      expect(await openAtDaemon(daemon, full)).toBe(1);
      stream.destroy();
      await once(stream, 'close');
      await expectNothingLeft(full);
    }
  });

  it('ends within its bound when the daemon says nothing any more', async () => {
    const stream = await host.storageVol.download({ vol: full, ...range });
    await once(stream, 'readable');
    await daemon.freeze();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const closing = once(stream, 'close').catch(() => undefined);
      stream.destroy(reason);
      jest.advanceTimersByTime(5_000);
      await closing;
      expect(stream.errored).toBe(reason);
    } finally {
      jest.useRealTimers();
      await daemon.thaw();
    }
    await expectNothingLeft(full);
  });

  it('ends with the client that was closed', async () => {
    const other = new Libvirt(`storage+unix:///system?socket=${daemon.socket}`);
    const stream = await other.storageVol.download({ vol: full, ...range });
    const reading = stream.forEach(() => undefined);
    other.close();
    await expect(reading).rejects.toMatchObject({ name: 'LibvirtTransportError', failure: 'closed' });
    await expectNothingLeft(full);
  });
});

describe('A reader that stops reading', () => {
  it('keeps its stream and little memory, for longer than the daemon waits for an answer to its pings', async () => {
    const stream = await host.storageVol.download({ vol: full, ...range });
    const reader = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await reader.next();
    const before = process.memoryUsage().arrayBuffers;
    await sleep(5_000);
    expect(stream.readableLength).toBeLessThan(BOUND);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(BOUND);
    let bytes = first.done === true ? 0 : first.value.length;
    for (let item = await reader.next(); item.done !== true; item = await reader.next())
      bytes += item.value.length;
    expect(bytes).toBe(SIZE);
    await expectNothingLeft(full);
  });
});

describe('A daemon that stops reading', () => {
  it('holds the writer back', async () => {
    const vol = await makeVolume(host, pool, 'slow', SIZE);
    const stream = await host.storageVol.upload({ vol, ...range });
    // It may have room again before we hear that the daemon reads again.
    const drained = once(stream, 'drain');
    await daemon.freeze();
    let taken = 0;
    try {
      const chunk = Buffer.alloc(MIB);
      while (stream.write(chunk)) taken += chunk.length;
      expect(taken).toBeLessThan(BOUND);
      await sleep(500);
      expect(stream.writableNeedDrain).toBe(true);
    } finally {
      await daemon.thaw();
    }
    await drained;
    stream.end();
    await once(stream, 'close');
    await expectNothingLeft(vol);
  });
});

describe('A daemon that ends', () => {
  it('ends the streams that it had, with an error that says so', async () => {
    const own = await startLibvirtd();
    const other = new Libvirt(`storage+unix:///system?socket=${own.socket}`);
    try {
      const otherPool = await makePool(other, join(own.dir, 'pool'));
      const vol = await makeVolume(other, otherPool, 'lost', SIZE);
      const failing = uploadVolume(other, vol, source, { onProgress: () => void own.stop() });
      await expect(failing).rejects.toMatchObject({ name: 'LibvirtTransportError', failure: 'closed' });
    } finally {
      other.close();
      await own.stop();
    }
  });
});
