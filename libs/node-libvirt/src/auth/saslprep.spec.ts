import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { saslPrepare } from './saslprep.js';

describe('SASLprep', () => {
  // RFC 4013, section 3.
  it.each([
    ['I\u00ADX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00AA', 'a'],
    ['\u2168', 'IX'],
  ])('prepares %j as the RFC shows', (text, prepared) => {
    expect(saslPrepare(text)).toBe(prepared);
  });

  it.each([
    ['\u0007', /control or private/],
    ['\u0627\u0031', /right to left/],
  ])('refuses %j as the RFC shows', (text, sentence) => {
    expect(() => saslPrepare(text)).toThrow(sentence);
  });

  it('makes every space a plain one and drops what has no width', () => {
    expect(saslPrepare('p\u00A0a\u3000s\uFEFFs\u200Dword')).toBe('p a ssword');
  });

  it('lets Hebrew and Arabic stand alone', () => {
    expect(saslPrepare('\u0627\u0031\u0628')).toBe('\u0627\u0031\u0628');
    expect(() => saslPrepare('\u0627a\u0628')).toThrow(/right to left/);
  });

  it.each(['\u{1F600}', '\uE000', '\uFFFD', '\uD800', '\u{E0001}', '\u206A'])('refuses %j', (text) => {
    expect(() => saslPrepare(text)).toThrow(TypeError);
  });

  it('leaves printable ASCII as it is, and what it made, too', () => {
    const printable = fc.stringMatching(/^[\x20-\x7e]*$/);
    fc.assert(fc.property(printable, (text) => saslPrepare(text) === text));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let once: string;
        try {
          once = saslPrepare(text);
        } catch {
          return;
        }
        expect(saslPrepare(once)).toBe(once);
      }),
    );
  });
});
