import { AppError } from '@diecast/model';

/**
 * The head of a libvirt save image (struct _virQEMUSaveHeader in src/qemu/qemu_saveimage.h): 16 bytes of magic, then
 * little-endian 32-bit version, length of the description area, was-running, compression, cookie offset, 14 unused;
 * then the area: XML, a NUL, optionally a cookie, and padding.
 */
export const HEAD_BYTES = 92;
const MAGIC = Buffer.from('LibvirtQemudSave');
const AT = { version: 16, length: 20, cookie: 32 } as const;
const VERSION = 2;

export type SaveHead = { readonly areaBytes: number; readonly cookieOffset: number };

/** @throws AppError `hypervisor_failed` when it is no save image of a version that we know */
export function readSaveHead(head: Buffer): SaveHead {
  const version = head.length < HEAD_BYTES ? -1 : head.readUInt32LE(AT.version);
  if (!head.subarray(0, MAGIC.length).equals(MAGIC) || version !== VERSION)
    throw new AppError(
      'hypervisor_failed',
      'The memory file is no save image of version 2 that libvirt wrote.',
    );
  return { areaBytes: head.readUInt32LE(AT.length), cookieOffset: head.readUInt32LE(AT.cookie) };
}

export function readSavedXml(area: Buffer): string {
  const end = area.indexOf(0);
  return area.subarray(0, end < 0 ? area.length : end).toString();
}

/**
 * Head and area with another description in them; everything after stays where it is.
 * @throws AppError `unsupported` when the description does not fit
 */
export function replaceSavedXml(head: Buffer, area: Buffer, xml: string): Buffer {
  const { cookieOffset } = readSaveHead(head);
  const text = Buffer.from(`${xml}\0`);
  const cookie = cookieOffset === 0 ? Buffer.alloc(0) : cookieOf(area, cookieOffset);
  if (text.length + cookie.length > area.length)
    throw new AppError(
      'unsupported',
      `The description of the restored machine has ${text.length} bytes and the memory file has room for ${area.length - cookie.length}.`,
    );
  const newHead = Buffer.from(head);
  if (cookieOffset !== 0) newHead.writeUInt32LE(text.length, AT.cookie);
  return Buffer.concat([newHead, text, cookie, Buffer.alloc(area.length - text.length - cookie.length)]);
}

/** The cookie is a text of its own after the XML, also ended by a NUL. The offset counts from the area's beginning. */
function cookieOf(area: Buffer, offset: number): Buffer {
  const end = area.indexOf(0, offset);
  return area.subarray(offset, end < 0 ? area.length : end + 1);
}
