import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../limits.js';
import { parseJson } from './parse-json.js';

const parse = (text: string, limits = DEFAULT_LIMITS): unknown => parseJson(Buffer.from(text), limits);
const failing = (failure: string): unknown => expect.objectContaining({ failure });

describe('reading JSON from a server', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('counts depth and values outside of strings only', () => {
    const limits = { maxDepth: 2, maxValues: 4 };
    const bytes = Buffer.from(String.raw`[["[[[[,,,,{{\"]]", "\\"]]`);
    expect(parseJson(bytes, limits)).toEqual([[String.raw`[[[[,,,,{{"]]`, '\\']]);
  });

  it('refuses what is deeper than allowed before it is built', () => {
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(parse(deep(1024))).toHaveLength(1);
    expect(() => parse(deep(1025))).toThrow(failing('limit'));
    expect(() => parse('{"a":'.repeat(2_000_000))).toThrow(failing('limit'));
  });

  it('refuses more values than allowed', () => {
    expect(parse(`[${'[],'.repeat(300_000)}0]`)).toHaveLength(300_001);
    expect(() => parse(`[${'[],'.repeat(600_000)}0]`)).toThrow(failing('limit'));
  });

  it('refuses what is neither JSON nor UTF-8', () => {
    for (const text of ['', '{', '{"a":1,}', "{'a':1}", 'undefined', '[1]]', '\0'])
      expect(() => parse(text)).toThrow(failing('protocol'));
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]), DEFAULT_LIMITS)).toThrow(failing('protocol'));
  });

  it('gives integers above 2^53 as the nearest number, as its documentation says', () => {
    expect(parse('9007199254740993')).toBe(9007199254740992);
    expect(parse('18446744073709551615')).toBe(2 ** 64);
  });

  it('takes no prototype from a server', () => {
    const parsed = parse('{"__proto__": {"polluted": true}}') as { polluted?: boolean };
    expect(parsed.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});
