import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode, list, opaque, struct, text, u32, u64, uuid } from './codec.js';
import { STRING_LIMIT } from './xdr.js';

const record = struct({ name: text, flags: u32, size: u64, tags: list(text, 100) });

describe('XDR', () => {
  it('reads back whatever it wrote, also beyond the first buffer', () => {
    const records = fc.record({
      name: fc.string({ maxLength: 2000, unit: 'grapheme' }),
      flags: fc.nat(),
      size: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      tags: fc.array(fc.string({ maxLength: 50 }), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(records, (value) => {
        expect(decode(record, encode(record, value))).toEqual(value);
      }),
    );
  });

  it('grows its buffer at every place in a packet', () => {
    for (let length = 0; length < 600; length += 1) {
      const value = { name: 'x'.repeat(length), flags: 7, size: 9n, tags: ['end'] };
      expect(decode(record, encode(record, value))).toEqual(value);
    }
  });

  it('throws on a packet that ends early, whatever it promised', () => {
    const whole = encode(record, { name: 'machine', flags: 1, size: 2n, tags: ['a', 'b'] });
    for (let length = 0; length < whole.length; length += 1)
      expect(() => decode(record, whole.subarray(0, length))).toThrow();
  });

  it('refuses what is too long to be sent as what it is: a mistake of the caller', () => {
    expect(() => encode(text, 'x'.repeat(STRING_LIMIT + 1))).toThrow(RangeError);
    expect(() => encode(opaque(3), Buffer.alloc(4))).toThrow(RangeError);
    expect(() => encode(list(u32, 1), [1, 2])).toThrow(RangeError);
  });

  it('pads with zeros, whatever lay in memory before', () => {
    for (let length = 1; length < 64; length += 1) {
      // Something has to lie there.
      Buffer.allocUnsafe(256).fill(0xff);
      const [asText, asBytes] = [
        encode(text, 'x'.repeat(length)),
        encode(opaque(64), Buffer.alloc(length, 'x')),
      ];
      expect(asText.subarray(4 + length).every((byte) => byte === 0)).toBe(true);
      expect(asText.length % 4).toBe(0);
      expect(asBytes).toEqual(asText);
    }
  });

  it('writes a UUID as 16 bytes with or without dashes, and nothing else as one', () => {
    const plain = '5ee72c1df2bb4a3e9b6e0a1b2c3d4e5f';
    const dashed = '5ee72c1d-f2bb-4a3e-9b6e-0a1b2c3d4e5f';
    expect(encode(uuid, dashed)).toEqual(Buffer.from(plain, 'hex'));
    expect(decode(uuid, encode(uuid, plain))).toBe(dashed);
    for (const wrong of ['', plain.slice(1), `${plain}0`, plain.replace('5', 'g'), 'x'.repeat(32)])
      expect(() => encode(uuid, wrong)).toThrow(TypeError);
  });
});
