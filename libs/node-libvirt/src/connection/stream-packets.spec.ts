import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MESSAGE_TYPE } from '../wire/packet.js';
import { decodeHole, isHole, type Hole } from './hole.js';
import { packItems, STREAM_CHUNK } from './stream-packets.js';

const source = Buffer.alloc(3 * STREAM_CHUNK, 'The bytes that a volume has are all different. ');
const pieces = fc
  .tuple(fc.nat({ max: source.length }), fc.nat({ max: source.length }))
  .map(([from, to]) => source.subarray(from, to));
const holes = fc.record({ hole: fc.integer({ min: 1, max: 1_000_000 }) });

/** Neighbours of the same kind become one. */
function flatten(items: readonly (Uint8Array | Hole)[]): readonly (Buffer | Hole)[] {
  const flat: (Buffer | Hole)[] = [];
  for (const item of items) {
    const last = flat.at(-1);
    if (isHole(item)) flat.push(item);
    else if (Buffer.isBuffer(last)) flat[flat.length - 1] = Buffer.concat([last, item]);
    else if (item.length > 0) flat.push(Buffer.from(item));
  }
  return flat;
}

describe('what is written into a stream', () => {
  it('leaves in packets of the size that the daemon sends, with all its bytes and holes in order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, holes), { maxLength: 6 }), (items) => {
        const packets = [...packItems(items)];
        const received = packets.map(({ type, parts }) => {
          const payload = Buffer.concat(parts);
          expect(payload.length).toBeLessThanOrEqual(STREAM_CHUNK);
          return type === MESSAGE_TYPE.streamHole ? decodeHole(payload) : payload;
        });
        const [after, before] = [flatten(received), flatten(items)];
        expect(after.length).toBe(before.length);
        after.forEach((item, index) => {
          const other = before[index];
          if (Buffer.isBuffer(item) && Buffer.isBuffer(other)) expect(item.equals(other)).toBe(true);
          else expect(item).toEqual(other);
        });
        for (const [index, { parts }] of packets.entries()) {
          // An empty packet would be the end of the stream; one that is not full has no neighbour to share.
          expect(parts.length).toBeGreaterThan(0);
          const [here, next] = [packets[index], packets[index + 1]];
          if (here?.type !== MESSAGE_TYPE.stream || next?.type !== MESSAGE_TYPE.stream) continue;
          expect(Buffer.concat(here.parts).length).toBe(STREAM_CHUNK);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('travels without being copied', () => {
    const [packet] = [...packItems([source])];
    expect(packet?.parts[0]?.buffer).toBe(source.buffer);
  });

  it('is bytes or a hole, and nothing else', () => {
    for (const item of ['text', 7, null, {}]) expect(() => [...packItems([item])]).toThrow(TypeError);
  });
});
