import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError, run } from '../run.js';
import { SQUASHFS_FLAGS, VERITY_SALT, VERITY_UUID } from './recipe.js';

const BLOCK_BYTES = 4096;

/** Writes a tree as an uncompressed ramdisk: unpacking costs a guest without hardware help more than reading. */
export async function packRamdisk(tree: string, file: string): Promise<void> {
  const names = (await readdir(tree, { recursive: true })).toSorted();
  const archive = [
    '-D',
    tree,
    '-o',
    '-H',
    'newc',
    '--reproducible',
    '-R',
    '0:0',
    '--quiet',
    '-0',
    '-F',
    file,
  ];
  await run('cpio', archive, ['.', ...names].map((name) => `${name}\0`).join(''));
}

export type VerifiedDisk = {
  readonly blocks: number;
  readonly rootHash: string;
  readonly hashOffset: number;
};

const REPRODUCIBLE = ['-noappend', '-mkfs-time', '0', '-all-time', '0', '-quiet', '-no-progress'];

/** Writes a tree as a squashfs with its integrity tree behind it, in one raw disk. @throws LabError */
export async function packDisk(tree: string, file: string): Promise<VerifiedDisk> {
  const flags = ['-all-root', '-no-xattrs', '-processors', '1', ...REPRODUCIBLE, ...SQUASHFS_FLAGS];
  await run('mksquashfs', [tree, file, ...flags]);
  return addHashTree(file);
}

/** The same from a tar archive, with the owners and attributes that it names. */
export async function packArchive(archive: string, file: string): Promise<VerifiedDisk> {
  const flags = [...REPRODUCIBLE, ...SQUASHFS_FLAGS];
  await run('sh', [
    '-c',
    'archive=$1 && shift && exec mksquashfs - "$@" <"$archive"',
    'sh',
    archive,
    file,
    '-tar',
    ...flags,
  ]);
  return addHashTree(file);
}

async function addHashTree(file: string): Promise<VerifiedDisk> {
  const blocks = Math.ceil((await stat(file)).size / BLOCK_BYTES);
  const hashOffset = blocks * BLOCK_BYTES;
  await truncate(file, hashOffset);
  const told = await run('veritysetup', [
    ...['format', '--hash=sha256', `--data-block-size=${BLOCK_BYTES}`, `--hash-block-size=${BLOCK_BYTES}`],
    ...[`--data-blocks=${blocks}`, `--hash-offset=${hashOffset}`, `--salt=${VERITY_SALT}`],
    ...[`--uuid=${VERITY_UUID}`, file, file],
  ]);
  const rootHash = /^Root hash:\s+([0-9a-f]{64})$/m.exec(told)?.[1];
  if (rootHash === undefined) throw new LabError(`veritysetup told no root hash of ${file}: ${told.trim()}`);
  return { blocks, rootHash, hashOffset };
}

/** The words by which the ramdisk knows what the disk must be. */
export const verityWords = (disk: VerifiedDisk): string =>
  `verity.blocks=${disk.blocks} verity.roothash=${disk.rootHash} verity.salt=${VERITY_SALT}`;

/** For a reader that may be another user than the builder. */
export const writeManifest = (folder: string, text: string): Promise<void> =>
  writeFile(join(folder, 'manifest.json'), text, { mode: 0o644 });
