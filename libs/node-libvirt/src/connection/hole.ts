import { LibvirtTransportError } from '../errors.js';
import { decode, encode, i64, struct, u32 } from '../wire/codec.js';

/**
 * A run of bytes that nobody ever wrote: it reads as zeros and takes no room on the disk. `hole` is its length in bytes.
 * Streams that were opened with the flag SPARSE_STREAM carry holes beside their buffers.
 */
export type Hole = { readonly hole: number };

export const isHole = (item: unknown): item is Hole =>
  typeof item === 'object' && item !== null && 'hole' in item && typeof item.hole === 'number';

/** virNetStreamHole; no flags are defined. */
const wireHole = struct({ length: i64, flags: u32 });

/** @throws RangeError for a length that is no whole number of bytes */
export function encodeHole({ hole }: Hole): Buffer {
  if (!Number.isSafeInteger(hole) || hole < 0) throw new RangeError(`a hole cannot be ${hole} bytes long`);
  return encode(wireHole, { length: BigInt(hole), flags: 0 });
}

/** @throws LibvirtTransportError `protocol` for a length that no file has */
export function decodeHole(payload: Buffer): Hole {
  const { length } = decode(wireHole, payload);
  if (length < 0n || length > Number.MAX_SAFE_INTEGER)
    throw new LibvirtTransportError('protocol', `the daemon sent a hole of ${length} bytes`);
  return { hole: Number(length) };
}
