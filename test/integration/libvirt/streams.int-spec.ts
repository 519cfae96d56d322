import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  downloadVolume,
  Libvirt,
  LibvirtError,
  uploadVolume,
  VIR_ERR,
  VOL_DOWNLOAD,
  VOL_UPLOAD,
  type PoolRef,
  type TransferProgress,
  type VolumeRef,
} from '../../../libs/node-libvirt/src/index.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';
import {
  diskUse,
  makePool,
  makeSparseFile,
  makeVolume,
  MIB,
  openAtDaemon,
  sameBytes,
} from '../../harness/volumes.js';

const GIB = 1024 * MIB;

jest.setTimeout(120_000);

let daemon: TestLibvirtd;
let host: Libvirt;
let pool: PoolRef;
let files: string;
let volumes = 0;
const volume = (capacity: number): Promise<VolumeRef> => {
  volumes += 1;
  return makeVolume(host, pool, `volume-${volumes}`, capacity);
};
const file = (name: string): string => join(files, name);

beforeAll(async () => {
  daemon = await startLibvirtd();
  host = new Libvirt(`storage+unix:///system?socket=${daemon.socket}`);
  files = daemon.dir;
  pool = await makePool(host, join(daemon.dir, 'pool'));
});
afterAll(async () => {
  host.close();
  await daemon.stop();
});

describe('A volume of 1 GiB', () => {
  const data = [
    { at: 0, length: MIB },
    { at: 100 * MIB + 4096, length: 40 * MIB + 77 },
    { at: 700 * MIB + 1, length: 8 * MIB },
  ];
  const dataBytes = data.reduce((sum, { length }) => sum + length, 0);

  it('comes and goes byte for byte with its holes, which neither travel nor take room (SPEC-VIRT-5)', async () => {
    const source = await makeSparseFile(file('source'), GIB, data);
    const vol = await volume(GIB);
    const seen: TransferProgress[] = [];
    const up = await uploadVolume(host, vol, source, { onProgress: (progress) => seen.push(progress) });
    expect(up).toMatchObject({ bytes: GIB, total: GIB });
    expect(GIB - up.holes).toBeLessThan(dataBytes + MIB);
    expect(seen.at(-1)).toEqual(up);
    expect((await stat(vol.key)).size).toBe(GIB);
    expect(await diskUse(vol.key)).toBeLessThan(dataBytes + MIB);
    expect(Number((await host.storageVol.getInfo({ vol })).allocation)).toBeLessThan(dataBytes + MIB);

    const down = await downloadVolume(host, vol, file('copy'));
    expect(down).toMatchObject({ bytes: GIB, total: GIB });
    expect(GIB - down.holes).toBeLessThan(dataBytes + MIB);
    expect(await diskUse(file('copy'))).toBeLessThan(dataBytes + MIB);
    expect(await sameBytes(vol.key, source)).toBe(true);
    expect(await sameBytes(file('copy'), source)).toBe(true);
  });

  it('goes from one volume to another as a stream with holes', async () => {
    const from = (await host.storageVol.lookupByName({ pool, name: 'volume-1' })).vol;
    const to = await volume(GIB);
    const range = { offset: 0n, length: 0n };
    const source = await host.storageVol.download({ vol: from, ...range, flags: VOL_DOWNLOAD.SPARSE_STREAM });
    const target = await host.storageVol.upload({ vol: to, ...range, flags: VOL_UPLOAD.SPARSE_STREAM });
    await pipeline(source, target);
    expect(await diskUse(to.key)).toBeLessThan(dataBytes + MIB);
    expect(await sameBytes(to.key, file('source'))).toBe(true);
  });

  it('has its zeros where a stream is filled that knows no holes', async () => {
    const vol = (await host.storageVol.lookupByName({ pool, name: 'volume-1' })).vol;
    let bytes = 0;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    });
    expect(await downloadVolume(host, vol, sink)).toMatchObject({ bytes: GIB });
    expect(bytes).toBe(GIB);
  });
});

describe('A volume', () => {
  it.each([1, 3, 65_535, 65_536, 65_537, 262_120, 262_121, 1_000_003])(
    'of %d bytes arrives whole, with and without holes',
    async (size) => {
      const source = await makeSparseFile(file('odd'), size, [{ at: 0, length: size }]);
      for (const sparse of [true, false]) {
        const vol = await volume(size);
        await uploadVolume(host, vol, source, { sparse });
        await downloadVolume(host, vol, file('odd-copy'), { sparse });
        expect((await readFile(vol.key)).equals(await readFile(source))).toBe(true);
        expect((await readFile(file('odd-copy'))).equals(await readFile(source))).toBe(true);
      }
    },
  );

  it('of nothing at all is sent and read', async () => {
    await writeFile(file('empty'), '');
    const vol = await volume(0);
    expect(await uploadVolume(host, vol, file('empty'))).toEqual({ bytes: 0, holes: 0, total: 0 });
    await writeFile(file('empty-copy'), 'something that must go');
    expect(await downloadVolume(host, vol, file('empty-copy'))).toEqual({ bytes: 0, holes: 0, total: 0 });
    expect((await stat(file('empty-copy'))).size).toBe(0);
  });

  it('keeps a hole at its end, and its length where the source is shorter', async () => {
    const size = 5 * MIB + 12_345;
    const source = await makeSparseFile(file('trailing'), size, [{ at: 0, length: 100_000 }]);
    const vol = await volume(size);
    await uploadVolume(host, vol, source);
    await downloadVolume(host, vol, file('trailing-copy'));
    expect(await sameBytes(vol.key, source)).toBe(true);
    expect(await sameBytes(file('trailing-copy'), source)).toBe(true);
    expect(await diskUse(file('trailing-copy'))).toBeLessThan(MIB);

    const larger = await volume(64 * MIB);
    await uploadVolume(host, larger, source);
    expect((await stat(larger.key)).size).toBe(64 * MIB);
    expect(await diskUse(larger.key)).toBeLessThan(MIB);
  });

  it('takes a part at an offset and gives one back', async () => {
    const vol = await volume(MIB);
    await uploadVolume(host, vol, [Buffer.alloc(1000, 1)], { offset: 500_001 });
    expect(await uploadVolume(host, vol, [Buffer.alloc(10, 2)], { offset: 500_101 })).toMatchObject({
      bytes: 10,
      holes: 0,
    });
    await downloadVolume(host, vol, file('part'), { offset: 500_000, length: 300 });
    const expected = Buffer.concat([
      Buffer.of(0),
      Buffer.alloc(100, 1),
      Buffer.alloc(10, 2),
      Buffer.alloc(189, 1),
    ]);
    expect(await readFile(file('part'))).toEqual(expected);
    expect((await stat(vol.key)).size).toBe(MIB);
  });

  it('that holds something is written over with zeros, and not jumped over', async () => {
    const vol = await volume(MIB);
    await uploadVolume(host, vol, [Buffer.alloc(MIB, 7)]);
    await expect(uploadVolume(host, vol, [Buffer.alloc(MIB)], { sparse: true })).rejects.toMatchObject({
      name: 'LibvirtTransferError',
      problem: 'not-empty',
    });
    await uploadVolume(host, vol, [Buffer.alloc(MIB)]);
    expect((await readFile(vol.key)).equals(Buffer.alloc(MIB))).toBe(true);
  });
});

describe('The length of a transfer', () => {
  it('is held to what was agreed and to the capacity, which the daemon does not hold', async () => {
    const vol = await volume(MIB);
    const longer = { name: 'LibvirtTransferError', problem: 'longer' };
    const shorter = { name: 'LibvirtTransferError', problem: 'shorter' };
    await writeFile(file('two'), Buffer.alloc(2 * MIB, 1));
    await expect(uploadVolume(host, vol, file('two'))).rejects.toMatchObject(longer);
    await expect(uploadVolume(host, vol, createReadStream(file('two')))).rejects.toMatchObject(longer);
    expect((await stat(vol.key)).size).toBe(MIB);
    await expect(uploadVolume(host, vol, [Buffer.alloc(100)], { length: 99 })).rejects.toMatchObject(longer);
    await expect(uploadVolume(host, vol, [Buffer.alloc(100)], { length: 101 })).rejects.toMatchObject(
      shorter,
    );
    await expect(downloadVolume(host, vol, file('short'), { length: 2 * MIB })).rejects.toMatchObject(
      shorter,
    );
    await uploadVolume(host, vol, file('two'), { grow: true });
    expect((await stat(vol.key)).size).toBe(2 * MIB);
    expect(await openAtDaemon(daemon, vol)).toBe(0);
  });
});

describe('A disk that is full', () => {
  it('ends an upload with what the daemon says of it, in its middle', async () => {
    const path = join(daemon.dir, 'small');
    await daemon.exec('mkdir', '-p', path);
    await daemon.exec('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', path);
    const small = await makePool(host, path);
    const vol = await makeVolume(host, small, 'overfull', 512 * MIB);
    let sent = 0;
    const full = uploadVolume(host, vol, createReadStream('/dev/zero', { end: 512 * MIB - 1 }), {
      sparse: false,
      onProgress: ({ bytes }) => (sent = bytes),
    });
    await expect(full).rejects.toBeInstanceOf(LibvirtError);
    await expect(full).rejects.toMatchObject({
      code: VIR_ERR.SYSTEM_ERROR,
      message: expect.stringContaining('No space left on device'),
    });
    expect(sent).toBeGreaterThan(8 * MIB);
    expect(sent).toBeLessThan(256 * MIB);
    expect(await openAtDaemon(daemon, vol)).toBe(0);
  });

  it('here ends a download with the error of the file system', async () => {
    const vol = (await host.storageVol.lookupByName({ pool, name: 'volume-1' })).vol;
    await expect(downloadVolume(host, vol, '/dev/full', { sparse: false })).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await openAtDaemon(daemon, vol)).toBe(0);
  });
});

describe('A source that breaks', () => {
  it('ends the upload with its own error', async () => {
    const vol = await volume(MIB);
    async function* breaking(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1000, 1);
      throw new Error('the source broke');
    }
    await expect(uploadVolume(host, vol, breaking())).rejects.toThrow('the source broke');
    const stream = new PassThrough();
    stream.write(Buffer.alloc(1000));
    setImmediate(() => stream.destroy(new Error('the stream broke')));
    await expect(uploadVolume(host, vol, stream)).rejects.toThrow('the stream broke');
    expect(await openAtDaemon(daemon, vol)).toBe(0);
  });
});

describe('What cannot begin', () => {
  it('is told as it is, and leaves nothing', async () => {
    const vol = await volume(MIB);
    const gone = { ...vol, name: 'nowhere', key: '/nowhere' };
    await expect(uploadVolume(host, gone, [])).rejects.toMatchObject({ code: VIR_ERR.NO_STORAGE_VOL });
    await expect(downloadVolume(host, gone, file('never'))).rejects.toMatchObject({
      code: VIR_ERR.NO_STORAGE_VOL,
    });
    await expect(uploadVolume(host, vol, file('missing'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(downloadVolume(host, vol, file('no/such/folder'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await openAtDaemon(daemon, vol)).toBe(0);
  });
});
