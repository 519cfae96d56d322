import { MESSAGE_TYPE } from '../wire/packet.js';
import { encodeHole, isHole } from './hole.js';

/** Bytes that the daemon itself sends at most in one packet, and that we send. */
export const STREAM_CHUNK = 262_120;

/** One packet of a stream; its payload is all parts, in their order. */
export type StreamPacket = { readonly type: number; readonly parts: readonly Buffer[] };

/**
 * What somebody wrote into a stream, as packets: bytes that lie together share them, as many as fit, without being copied.
 *
 * @throws TypeError for what is neither bytes nor a hole
 */
export function* packItems(items: readonly unknown[]): Generator<StreamPacket> {
  let parts: Buffer[] = [];
  let room = STREAM_CHUNK;
  const take = (): StreamPacket => {
    const packet = { type: MESSAGE_TYPE.stream, parts };
    parts = [];
    room = STREAM_CHUNK;
    return packet;
  };
  for (const item of items) {
    if (isHole(item)) {
      if (parts.length > 0) yield take();
      yield { type: MESSAGE_TYPE.streamHole, parts: [encodeHole(item)] };
      continue;
    }
    for (let bytes = asBuffer(item); bytes.length > 0;) {
      const part = bytes.subarray(0, room);
      parts.push(part);
      room -= part.length;
      bytes = bytes.subarray(part.length);
      if (room === 0) yield take();
    }
  }
  if (parts.length > 0) yield take();
}

function asBuffer(item: unknown): Buffer {
  if (!(item instanceof Uint8Array)) throw new TypeError('a stream takes bytes, and holes when it is sparse');
  return Buffer.from(item.buffer, item.byteOffset, item.byteLength);
}
