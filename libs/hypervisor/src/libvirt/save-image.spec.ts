import { describe, expect, it } from '@jest/globals';
import { HEAD_BYTES, readSavedXml, readSaveHead, replaceSavedXml } from './save-image.js';

function saveImage(xml: string, areaBytes: number, cookie?: string): { head: Buffer; area: Buffer } {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write('LibvirtQemudSave');
  head.writeUInt32LE(2, 16);
  head.writeUInt32LE(areaBytes, 20);
  const area = Buffer.alloc(areaBytes);
  area.write(`${xml}\0`);
  if (cookie !== undefined) {
    head.writeUInt32LE(xml.length + 1, 32);
    area.write(`${cookie}\0`, xml.length + 1);
  }
  return { head, area };
}

describe('the head of a save image', () => {
  it('takes another description without moving what follows', () => {
    const { head, area } = saveImage('<domain/>', 256, '<cookie/>');
    const changed = replaceSavedXml(head, area, '<domain type="qemu"/>');
    expect(changed).toHaveLength(HEAD_BYTES + 256);
    const newHead = readSaveHead(changed);
    const newArea = changed.subarray(HEAD_BYTES);
    expect(newHead.areaBytes).toBe(256);
    expect(readSavedXml(newArea)).toBe('<domain type="qemu"/>');
    expect(readSavedXml(newArea.subarray(newHead.cookieOffset))).toBe('<cookie/>');
  });

  it('refuses a description that does not fit', () => {
    const { head, area } = saveImage('<domain/>', 32);
    expect(() => replaceSavedXml(head, area, `<domain>${'x'.repeat(64)}</domain>`)).toThrow(
      'has room for 32',
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.alloc(HEAD_BYTES, 'x')],
  ])('refuses %s', (_, bytes) => {
    expect(() => readSaveHead(bytes)).toThrow('no save image of version 2');
  });
});
