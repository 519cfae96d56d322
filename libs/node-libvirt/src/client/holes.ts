import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Hole } from '../connection/hole.js';
import { isHole } from '../connection/hole.js';

/** Part of a volume: its bytes, or how many of them there are not. */
export type VolumePart = Uint8Array | Hole;

/** Zeros become a hole when this many of them lie together and fill a block of this size, counted from the start. */
const BLOCK = 65_536;
const ZEROS = Buffer.alloc(BLOCK);
const BLOCKS_A_TURN = 64;

/**
 * The same bytes, with holes instead of the zeros that fill whole blocks. Node cannot ask a file system for the holes of a
 * file; but what was never written there reads as zeros. Holes that the source already has stay.
 */
export async function* findHoles(source: AsyncIterable<VolumePart>): AsyncGenerator<VolumePart> {
  let position = 0;
  let zeros = 0;
  for await (const part of source) {
    for (const piece of isHole(part) ? [part] : splitAtZeros(part, position)) {
      if (isHole(piece)) {
        zeros += piece.hole;
        continue;
      }
      yield* zeroRun(zeros);
      zeros = 0;
      yield piece;
    }
    position += lengthOf(part);
  }
  yield* zeroRun(zeros);
}

/** The same bytes with zeros for holes. */
export async function* fillHoles(source: AsyncIterable<VolumePart>): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    if (isHole(part)) yield* zeroBytes(part.hole);
    else yield part;
  }
}

export const lengthOf = (part: VolumePart): number => (isHole(part) ? part.hole : part.byteLength);

/** Cuts bytes at the borders of blocks, `position` being where in the volume they begin, and tells zeros from data. */
function splitAtZeros(bytes: Uint8Array, position: number): readonly VolumePart[] {
  const pieces: VolumePart[] = [];
  let dataFrom = 0;
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(at + BLOCK - ((position + at) % BLOCK), bytes.length);
    if (ZEROS.compare(bytes, at, end, 0, end - at) === 0) {
      if (at > dataFrom) pieces.push(bytes.subarray(dataFrom, at));
      pieces.push({ hole: end - at });
      dataFrom = end;
    }
    at = end;
  }
  if (bytes.length > dataFrom) pieces.push(bytes.subarray(dataFrom));
  return pieces;
}

function* zeroRun(length: number): Generator<VolumePart> {
  if (length >= BLOCK) yield { hole: length };
  else if (length > 0) yield ZEROS.subarray(0, length);
}

/** Whoever takes the zeros may be so fast that nothing else would get its turn until the last. */
async function* zeroBytes(length: number): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; left -= BLOCK) {
    yield ZEROS.subarray(0, Math.min(left, BLOCK));
    if ((left / BLOCK) % BLOCKS_A_TURN < 1) await nextTurn();
  }
}
