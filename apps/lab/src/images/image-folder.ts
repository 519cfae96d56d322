import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Blob, Digest } from '@diecast/model';

export type BuiltImage = { readonly folder: string; readonly digest: Digest };

export const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Moves a file to where the image keeps its blobs, under its digest. */
export async function keepBlob(file: string, folder: string): Promise<Blob> {
  const hash = createHash('sha256');
  const source = createReadStream(file);
  await pipeline(source, hash);
  const hex = hash.digest('hex');
  await mkdir(join(folder, 'blobs'), { recursive: true });
  await chmod(file, 0o644);
  await rename(file, join(folder, 'blobs', hex));
  return { digest: `sha256:${hex}`, size: source.bytesRead };
}

/**
 * An image folder has manifest.json and blobs/HEX; it appears whole or not at all, and once.
 * @param build fills the folder, with another one to work in
 */
export async function buildOnce(
  folder: string,
  build: (folder: string, work: string) => Promise<void>,
): Promise<BuiltImage> {
  if (!existsSync(folder)) {
    await mkdir(join(folder, '..'), { recursive: true });
    const work = await mkdtemp(join(folder, '..', '.build-'));
    try {
      const made = join(work, 'image');
      await build(made, work);
      await rename(made, folder).catch((error: unknown) => {
        // Somebody else built the same at the same time.
        if (!existsSync(folder)) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return { folder, digest: `sha256:${sha256(await readFile(join(folder, 'manifest.json')))}` };
}
