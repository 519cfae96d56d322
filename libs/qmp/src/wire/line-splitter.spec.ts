import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { QmpTransportError } from '../errors.js';
import { LineSplitter } from './line-splitter.js';

/** Cuts the bytes at these places and gives the pieces to a splitter. */
function split(bytes: Buffer, cuts: readonly number[], maxLineBytes = 1000): string[] {
  const splitter = new LineSplitter(maxLineBytes);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places
    .slice(1)
    .flatMap((end, index) =>
      [...splitter.push(bytes.subarray(places[index], end))].map((line) => line.toString('utf8')),
    );
}

describe('the line splitter', () => {
  it('gives the same lines wherever the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => `${text}.`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.array(fc.nat(1000)), (lines, cuts) => {
        const wanted = lines.map((text) => text.replaceAll(/[\r\n]/g, ''));
        const bytes = Buffer.from(wanted.map((text) => `${text}\r\n`).join(''));
        expect(split(bytes, cuts)).toEqual(wanted);
      }),
    );
  });

  it('takes both ends of a line, and leaves out lines without anything in them', () => {
    expect(split(Buffer.from('a\n\r\n\nb\r\nunfinished'), [])).toEqual(['a', 'b']);
  });

  it('takes a message that is indented for one line, wherever it is cut', () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1, maxKeys: 3 });
    const message = fc.record({ value, indented: fc.boolean(), end: fc.constantFrom('\n', '\r\n') });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(2000)), (messages, cuts) => {
        const texts = messages.map(({ value: told, indented, end }) =>
          `${JSON.stringify(told, undefined, indented ? 4 : 0)}\n`.replaceAll('\n', end),
        );
        const lines = split(Buffer.from(texts.join('')), cuts, 100_000);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
          messages.map(({ value: told }) => JSON.parse(JSON.stringify(told)) as unknown),
        );
      }),
    );
  });

  it('refuses an indented message that is too long, or never ends', () => {
    const endless = Buffer.from(`{\r\n${'    "a": 1,\r\n'.repeat(100)}`);
    expect(() => split(endless, [3, 500], 1000)).toThrow(QmpTransportError);
  });

  it('refuses a line that is too long, also one that never ends', () => {
    const limit = { failure: 'limit' };
    expect(split(Buffer.from(`${'x'.repeat(100)}\n`), [30], 100)).toEqual(['x'.repeat(100)]);
    expect(() => split(Buffer.from(`${'x'.repeat(101)}\n`), [30], 100)).toThrow(
      expect.objectContaining(limit),
    );
    expect(() => split(Buffer.from('x'.repeat(101)), [30, 60, 90], 100)).toThrow(QmpTransportError);
  });

  it('holds an endless line that comes byte by byte in one buffer of the size that is allowed', () => {
    const splitter = new LineSplitter(5000);
    const byte = Buffer.from('x');
    for (let index = 0; index < 5000; index += 1) expect([...splitter.push(byte)]).toEqual([]);
    expect(() => [...splitter.push(byte)]).toThrow(QmpTransportError);
    expect(splitter.heldBytes).toBe(5000);
  });
});
