import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { el, render } from './element.js';
import { parseTree, textOf } from './tree.js';

describe('an XML element', () => {
  it('keeps a text that tries to break out of it as text', () => {
    const evil = `</name><devices/><name a="b">&lt;'"`;
    const xml = render(el('domain', { title: evil }, el('name', {}, evil)));
    const tree = parseTree(xml);
    expect(tree.attributes['title']).toBe(evil);
    expect(tree.children).toHaveLength(1);
  });

  it('carries any printable text there and back', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => text.trim() === text),
        (text) => {
          expect(textOf(parseTree(render(el('name', {}, text))))).toBe(text);
        },
      ),
    );
  });

  it('refuses a character that XML cannot say', () => {
    expect(() => render(el('name', {}, 'a\u0000b'))).toThrow('a character that XML cannot carry');
  });

  it('leaves out what is undefined or null, and says yes and no as libvirt does', () => {
    expect(render(el('smm', { state: undefined, secure: true }, null))).toBe('<smm secure="yes"/>');
  });
});
