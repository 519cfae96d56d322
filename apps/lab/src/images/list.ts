import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsOf, type ImageManifest } from '@diecast/model';

export type ListedImage = {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly folder: string;
};

/** The images that were built into a cache, half-made ones left out. */
export async function listImages(cacheDir: string): Promise<readonly ListedImage[]> {
  const images = join(cacheDir, 'images');
  const names = await readdir(images).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const listed: ListedImage[] = [];
  for (const folder of names
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .map((name) => join(images, name))) {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8');
    const manifest = JSON.parse(text) as ImageManifest;
    listed.push({
      name: manifest.name,
      version: manifest.version,
      digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
      sizeBytes: blobsOf(manifest).reduce((sum, { size }) => sum + size, 0),
      folder,
    });
  }
  return listed;
}
