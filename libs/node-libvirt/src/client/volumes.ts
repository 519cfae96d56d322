import { stat } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CallOptions } from '../connection/call-options.js';
import { VOL_DOWNLOAD, VOL_INFO, VOL_TYPE, VOL_UPLOAD } from '../constants/storage.js';
import { LibvirtTransferError } from '../errors.js';
import { P } from '../procedures/index.js';
import type { VolumeRef } from '../procedures/references.js';
import { fillHoles, findHoles, type VolumePart } from './holes.js';
import type { Caller } from './methods.js';
import { Pouring, readInTurns } from './pour.js';
import { SparseFile } from './sparse-file.js';
import { Meter, stretch, untilClosed, whenBroken, within, type TransferProgress } from './transfer.js';

export type TransferOptions = CallOptions & {
  /** Where in the volume it begins, in bytes; default 0. */
  readonly offset?: number;
  /** Bytes that it has to be, no more and no fewer. */
  readonly length?: number;
  /** Called after every part, some 256 KiB or a hole. What it throws ends the transfer. */
  readonly onProgress?: (progress: TransferProgress) => void;
};

export type UploadOptions = TransferOptions & {
  /**
   * Zeros that fill blocks of 64 KiB do not travel and take no room on the disk. That needs a volume that was never written
   * to, or that was wiped: the daemon moves on over a hole and leaves there what is there. By default the volume is looked
   * at, and holes are kept when they can be.
   */
  readonly sparse?: boolean;
  /** The source may have more bytes than the volume's capacity, and the file of the volume grows. By default it may not. */
  readonly grow?: boolean;
};

export type DownloadOptions = TransferOptions & {
  /** Holes of the volume do not travel and stay holes in a file; default true. */
  readonly sparse?: boolean;
};

/** A file by its path, or bytes (and holes) however they come. */
export type UploadSource = string | AsyncIterable<VolumePart> | Iterable<VolumePart>;

/**
 * Fills a volume. The volume keeps its length, unless the source has more; after a failure it holds a part of the source.
 *
 * @throws LibvirtTransferError for a source that has more bytes than `length` or the volume's capacity, or fewer than
 * `length`; LibvirtError what the daemon says at any time, e.g. that its disk is full; the signal's reason; what the source
 * fails with. When it does, nothing is open at the daemon any more.
 */
export async function uploadVolume(
  host: Caller,
  vol: VolumeRef,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<TransferProgress> {
  const { offset = 0, length, sparse: wanted, grow = false, onProgress, ...call } = options;
  if (source instanceof Readable) mayBreakAnyTime(source);
  const expected = length ?? (await sizeOf(source));
  const volume = await look(host, vol, call);
  const room = grow ? Infinity : volume.capacity - offset;
  if (expected !== undefined && expected > room)
    throw new LibvirtTransferError('longer', `${vol.name} has no room for ${expected} bytes at ${offset}`);
  const sparse = chooseSparse(vol, volume, wanted);
  const stream = await host.openStream(
    P.storageVol.upload,
    { vol, offset: BigInt(offset), length: 0n, flags: sparse ? VOL_UPLOAD.SPARSE_STREAM : 0 },
    call,
  );
  const meter = new Meter(expected, onProgress);
  const shape = (items: AsyncIterable<VolumePart>): AsyncIterable<VolumePart> => {
    const checked = within(items, { least: expected ?? 0, most: expected ?? room });
    if (!sparse) return meter.measure(fillHoles(checked));
    const parts = meter.measure(findHoles(checked));
    // The daemon cuts the file after every hole.
    return volume.type === VOL_TYPE.FILE ? stretch(parts, volume.fileLength - offset) : parts;
  };
  const pouring = new Pouring(stream);
  const parts = partsOf(source, () => pouring.written);
  try {
    await Promise.race([pouring.pour(shape(parts)), whenBroken(stream)]);
  } finally {
    // Without effect on what has ended well.
    stream.destroy();
    if (parts instanceof Readable) parts.destroy();
    await untilClosed(stream);
  }
  return meter.progress;
}

/**
 * Reads a volume into a file, which it replaces, or into a stream. Holes stay holes in a file; a stream gets zeros, or
 * Holes when it is in object mode. After a failure the file holds a part.
 *
 * @throws LibvirtTransferError for a volume that ends before `length` bytes; LibvirtError what the daemon says; the signal's
 * reason; what the target fails with. When it does, nothing is open at the daemon any more.
 */
export async function downloadVolume(
  host: Caller,
  vol: VolumeRef,
  target: string | Writable,
  options: DownloadOptions = {},
): Promise<TransferProgress> {
  const { offset = 0, length, sparse = true, onProgress, ...call } = options;
  if (typeof target !== 'string') mayBreakAnyTime(target);
  const { fileLength } = await look(host, vol, call);
  const total = length ?? Math.max(0, fileLength - offset);
  const meter = new Meter(total, onProgress);
  const flags = sparse ? VOL_DOWNLOAD.SPARSE_STREAM : 0;
  const range = { vol, offset: BigInt(offset), length: BigInt(length ?? 0), flags };
  // To the daemon a length of 0 means all there is.
  const stream = length === 0 ? Readable.from([]) : await host.openStream(P.storageVol.download, range, call);
  let file: SparseFile | undefined;
  try {
    if (typeof target === 'string') file = await SparseFile.create(target);
    const sink = file ?? (target as Writable);
    const shape = (items: AsyncIterable<VolumePart>): AsyncIterable<VolumePart> => {
      const checked = within(items, { least: length ?? 0, most: length ?? Infinity });
      return meter.measure(sink.writableObjectMode ? checked : fillHoles(checked));
    };
    await Promise.race([pipeline(stream, shape, sink), whenBroken(stream)]);
  } finally {
    stream.destroy();
    await untilClosed(stream);
    if (file !== undefined) await untilClosed(file);
  }
  return meter.progress;
}

type Volume = {
  readonly type: number;
  readonly capacity: number;
  /** Bytes that it takes on the disk. */
  readonly allocation: number;
  readonly fileLength: number;
};

async function look(host: Caller, vol: VolumeRef, call: CallOptions): Promise<Volume> {
  const [{ type, capacity, allocation }, physical] = await Promise.all([
    host.call(P.storageVol.getInfoFlags, { vol }, call),
    host.call(P.storageVol.getInfoFlags, { vol, flags: VOL_INFO.GET_PHYSICAL }, call),
  ]);
  return {
    type,
    capacity: Number(capacity),
    allocation: Number(allocation),
    fileLength: Number(physical.allocation),
  };
}

/** A block device has no holes: there the daemon writes zeros for them, at whatever was there. */
function chooseSparse(
  { name }: VolumeRef,
  { type, allocation }: Volume,
  wanted: boolean | undefined,
): boolean {
  if (wanted === true && type !== VOL_TYPE.BLOCK && allocation > 0)
    throw new LibvirtTransferError('not-empty', `${name} has been written to and cannot take holes: wipe it`);
  return wanted ?? (type === VOL_TYPE.FILE && allocation === 0);
}

/** Undefined for what has no length before it has come. */
async function sizeOf(source: UploadSource): Promise<number | undefined> {
  if (typeof source !== 'string') return undefined;
  const found = await stat(source);
  return found.isFile() ? found.size : undefined;
}

/** A stream of the caller's is in our hands before it is used. It keeps its error, and whoever uses it will get it. */
const mayBreakAnyTime = (stream: Readable | Writable): void => void stream.on('error', () => undefined);

function partsOf(source: UploadSource, written: () => Promise<unknown>): AsyncIterable<VolumePart> {
  if (typeof source === 'string') return readInTurns(source, written);
  return source instanceof Readable ? source : Readable.from(source);
}
