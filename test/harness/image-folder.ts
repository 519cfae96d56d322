import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, digestHex, type Blob, type Digest, type ImageManifest } from '@diecast/model';
import type { TestImage } from './lab.js';

export const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A folder under construction: what is put in becomes a blob under its digest. */
async function putBlob(folder: string, bytes: Buffer): Promise<Blob> {
  const digest: Digest = `sha256:${sha256(bytes)}`;
  await writeFile(join(folder, 'blobs', digestHex(digest)), bytes);
  return { digest, size: bytes.length };
}

export type ImageParts = {
  readonly name: string;
  readonly disk?: Buffer;
  readonly format?: 'raw' | 'qcow2';
  readonly virtualSize?: number;
  /** The same bytes in two images are one blob. */
  readonly kernel?: Buffer;
};

/** An image that nobody could boot, in the layout that imports read. Its manifest is laid out for people. */
export async function makeImage(folder: string, parts: ImageParts): Promise<TestImage> {
  await mkdir(join(folder, 'blobs'), { recursive: true });
  const disk = parts.disk ?? randomBytes(300_000);
  const manifest: ImageManifest = {
    schemaVersion: 1,
    name: parts.name,
    version: '1',
    architecture: 'x86_64',
    firmware: 'bios',
    disk: {
      ...(await putBlob(folder, disk)),
      format: parts.format ?? 'raw',
      virtualSize: parts.virtualSize ?? Math.ceil(disk.length / 512) * 512,
    },
    boot: {
      kernel: await putBlob(folder, parts.kernel ?? randomBytes(20_000)),
      initrd: await putBlob(folder, randomBytes(30_000)),
      commandLine: 'console=ttyS0',
    },
  };
  return { folder, manifest, digest: await writeManifest(folder, manifest) };
}

/** Returns the identity of what was written. */
export async function writeManifest(folder: string, manifest: object): Promise<Digest> {
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
  return `sha256:${sha256(canonicalJson(manifest))}`;
}

export async function signImage(image: TestImage, keyId: string, key: KeyObject): Promise<void> {
  const signature = sign(null, Buffer.from(image.digest), key).toString('base64');
  await writeFile(
    join(image.folder, 'signature.json'),
    JSON.stringify({ keyId, algorithm: 'ed25519', signature }),
  );
}
