import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode, list, struct, text, u32, u64 } from './codec.js';

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
});
