import type { FieldError } from '@diecast/model';

/** As much of the header as is looked at. */
export const QCOW2_HEADER_BYTES = 104;
const MAGIC = 0x51_46_49_fb;
const EXTERNAL_DATA_FILE = 1n << 2n;

/**
 * What speaks against a qcow2 disk, from its header (QEMU, docs/interop/qcow2.txt). QEMU opens whatever file a header
 * names, with the rights that it has on the host; so an image is taken only when its header names none.
 * @param virtualSize bytes, as the manifest has it
 */
export function checkQcow2Header(header: Buffer, virtualSize: number): readonly FieldError[] {
  if (header.length < QCOW2_HEADER_BYTES || header.readUInt32BE(0) !== MAGIC)
    return [{ path: 'disk.format', message: 'must be what the disk is; it has no qcow2 header' }];
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    return [{ path: 'disk.format', message: `must be qcow2 of version 2 or 3, not ${version}` }];
  const external = version === 3 && (header.readBigUInt64BE(72) & EXTERNAL_DATA_FILE) !== 0n;
  const size = header.readBigUInt64BE(24);
  return [
    ...(header.readBigUInt64BE(8) === 0n
      ? []
      : [{ path: 'disk', message: 'must stand alone; its header names a backing file' }]),
    ...(external ? [{ path: 'disk', message: 'must stand alone; its header names a data file' }] : []),
    ...(size === BigInt(virtualSize)
      ? []
      : [{ path: 'disk.virtualSize', message: `must be the ${size} bytes that the disk's header has` }]),
  ];
}
