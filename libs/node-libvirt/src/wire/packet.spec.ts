import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeHeader, HEADER_BYTES, PACKET_LIMIT, PacketSplitter, type Packet } from './packet.js';

const packets = fc.array(
  fc.record({
    program: fc.nat(),
    procedure: fc.integer({ min: -1, max: 500 }),
    type: fc.nat({ max: 6 }),
    serial: fc.nat(),
    status: fc.nat({ max: 2 }),
    payload: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 8 },
);

const bytesOf = ({ payload, ...header }: Packet): Buffer =>
  Buffer.concat([encodeHeader(header, payload.length), payload]);

describe('packets', () => {
  it('come out as they were written, wherever the bytes are cut, and keep nothing of what they came in', () => {
    fc.assert(
      fc.property(packets, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sent, sizes) => {
        const bytes = Buffer.concat(sent.map(bytesOf));
        const splitter = new PacketSplitter();
        const received: Packet[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          const chunk = Buffer.from(bytes.subarray(at, at + size));
          received.push(...splitter.push(chunk));
          // A socket reads the next bytes into the same memory.
          chunk.fill(0xff);
          at += size;
        }
        expect(received).toEqual(sent);
      }),
    );
  });

  it('of any size come out whole, as their memory grows with what has come', () => {
    const sizes = [1_000_000, 262_144 - HEADER_BYTES, 262_148, 0, PACKET_LIMIT - HEADER_BYTES];
    const splitter = new PacketSplitter();
    const header = { program: 1, procedure: 2, type: 3, serial: 4, status: 2 };
    for (const size of sizes) {
      const bytes = bytesOf({ ...header, payload: Buffer.alloc(size, 'libvirt') });
      const received: Packet[] = [];
      for (let at = 0; at < bytes.length; at += 65_536)
        received.push(...splitter.push(bytes.subarray(at, at + 65_536)));
      expect(received).toHaveLength(1);
      expect(received[0]?.payload.equals(bytes.subarray(HEADER_BYTES))).toBe(true);
    }
  });

  it('are refused by their length before anything of them is waited for', () => {
    for (const length of [0, HEADER_BYTES - 1, PACKET_LIMIT + 1, 0xffffffff]) {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(length);
      expect(() => new PacketSplitter().push(word)).toThrow(`a packet of ${length} bytes`);
    }
  });
});
