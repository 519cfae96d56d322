import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWithin } from './path-folder.js';

const name = fc.stringMatching(/^[a-z.]{1,8}$/).filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);

describe('a path within a folder', () => {
  it('is the folder itself or below it, and nothing that only begins with its name', () => {
    fc.assert(
      fc.property(path, name, (folder, below) => {
        expect(isWithin(folder, folder)).toBe(true);
        expect(isWithin(folder, `${folder}/${below}`)).toBe(true);
        expect(isWithin('/', folder)).toBe(true);
        expect(isWithin(folder, `${folder}${below}`)).toBe(false);
        expect(isWithin(`${folder}/${below}`, folder)).toBe(false);
        expect(isWithin(folder, `${folder}/../${below}`)).toBe(`${folder}/../${below}` === folder);
      }),
    );
  });
});
