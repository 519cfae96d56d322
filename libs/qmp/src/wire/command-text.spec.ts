import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { commandText } from './command-text.js';

const text = (args: JsonObject | undefined): string => commandText({ name: 'x', args, outOfBand: false }, 7);

describe('the text of a command', () => {
  it('is one line with an id, for a stream', () => {
    expect(text({ a: 'line\nbreak', b: undefined, c: [null] })).toBe(
      String.raw`{"execute":"x","arguments":{"a":"line\nbreak","c":[null]},"id":7}`,
    );
    expect(text(undefined)).toBe('{"execute":"x","id":7}');
  });

  it('has no id for a passthrough, whose holder adds its own', () => {
    expect(commandText({ name: 'x', args: {}, outOfBand: false })).toBe('{"execute":"x","arguments":{}}');
  });

  it('says when it is to run out of band', () => {
    expect(commandText({ name: 'yank', args: undefined, outOfBand: true }, 1)).toBe(
      '{"exec-oob":"yank","id":1}',
    );
  });

  it('is refused when JSON, or the parser of QEMU, cannot take it', () => {
    const ring: Record<string, JsonObject> = {};
    ring['ring'] = ring;
    for (const args of [{ a: '\ud800' }, { '\udc00': 1 }, { a: [{ b: NaN }] }, { a: Infinity }, ring])
      expect(() => text(args)).toThrow(TypeError);
  });
});
