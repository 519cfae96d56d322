import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFolderUrl } from './url-folder.js';

const refused = (url: string): string | undefined => {
  try {
    readFolderUrl(url);
    return undefined;
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
};

describe('the address of an image', () => {
  it('is that of a folder: files lie below it, whether it ends with a slash or not', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: false, withFragments: false }), (url) => {
        const folder = readFolderUrl(url);
        const file = new URL('manifest.json', folder);
        expect(file.href).toBe(`${folder.href}manifest.json`);
        expect(file.origin).toBe(new URL(url).origin);
      }),
    );
  });

  it('has no other scheme, no password, and nothing behind the path', () => {
    for (const url of ['file:///etc', 'ftp://a.example/', 'not a url', '', '//a.example/image'])
      expect([url, refused(url)]).toEqual([url, 'invalid']);
    for (const url of [
      'https://u:p@a.example/',
      'https://u@a.example/',
      'https://a.example/?a=1',
      'https://a.example/#x',
    ])
      expect([url, refused(url)]).toEqual([url, 'invalid']);
  });
});
