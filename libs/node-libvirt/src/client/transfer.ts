import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { LibvirtTransferError } from '../errors.js';
import { isHole } from '../connection/hole.js';
import { lengthOf, type VolumePart } from './holes.js';

export type TransferProgress = {
  /** Bytes that are through, holes among them. */
  readonly bytes: number;
  /** How many of these are in holes; they did not travel. */
  readonly holes: number;
  /** Bytes that there will be; undefined when nobody knows. */
  readonly total: number | undefined;
};

/** Counts what passes. */
export class Meter {
  private bytes = 0;
  private holes = 0;

  constructor(
    private readonly total: number | undefined,
    private readonly onProgress: (progress: TransferProgress) => void = () => undefined,
  ) {}

  get progress(): TransferProgress {
    return { bytes: this.bytes, holes: this.holes, total: this.total };
  }

  async *measure<T extends VolumePart>(source: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const part of source) {
      yield part;
      this.bytes += lengthOf(part);
      if (isHole(part)) this.holes += part.hole;
      this.onProgress(this.progress);
    }
  }
}

/**
 * The same parts, as long as they are neither more bytes than `most` nor, at the end, fewer than `least`.
 *
 * @throws LibvirtTransferError `longer` before the first part that is too much, `shorter` at the end
 */
export async function* within(
  source: AsyncIterable<VolumePart>,
  { least, most }: { readonly least: number; readonly most: number },
): AsyncGenerator<VolumePart> {
  let length = 0;
  for await (const part of source) {
    length += lengthOf(part);
    if (length > most)
      throw new LibvirtTransferError('longer', `there are more than the ${most} bytes that may come`);
    yield part;
  }
  if (length < least)
    throw new LibvirtTransferError('shorter', `there are ${length} of the ${least} bytes that should come`);
}

/** Lets the parts be `length` bytes at least, by a hole at the end. */
export async function* stretch(
  source: AsyncIterable<VolumePart>,
  length: number,
): AsyncGenerator<VolumePart> {
  let missing = length;
  for await (const part of source) {
    missing -= lengthOf(part);
    yield part;
  }
  if (missing > 0) yield { hole: missing };
}

/** Resolves when a stream has let go of what it held, however it ended. */
export const untilClosed = (stream: Readable | Writable): Promise<void> =>
  stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', () => resolve()));

/**
 * Rejects with the stream's error, and never resolves. A pipeline waits for what flows into a broken stream, or out of it,
 * and that may never move again.
 */
export async function whenBroken(stream: Readable | Writable): Promise<never> {
  await finished(stream);
  return new Promise<never>(() => undefined);
}
