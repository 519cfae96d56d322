import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AppError,
  blobsOf,
  canonicalJson,
  formatBytes,
  MIB,
  readImageManifest,
  readImageSignature,
  type Digest,
  type ImageManifest,
  type ImageSignature,
  type ImageSource,
} from '@diecast/model';
import type { NewImage } from '@diecast/store';
import type { ImageRules } from '../services.js';
import type { ImageFolder } from './image-folder.js';
import { judgeSignature } from './judge-signature.js';
import { openPathFolder } from './path-folder.js';
import { openUrlFolder } from './url-folder.js';

const MOST_MANIFEST_BYTES = 4 * MIB;
const MOST_SIGNATURE_BYTES = 16 * 1024;

/** Identity is that of the value, not of the bytes it came in (docs/adr/0005). */
export const digestOfManifest = (manifest: ImageManifest): Digest =>
  `sha256:${createHash('sha256').update(canonicalJson(manifest)).digest('hex')}`;

/** Null for an upload: its blobs were sent before, and there is no folder to take them from. */
export async function openFolder(source: ImageSource, rules: ImageRules): Promise<ImageFolder | null> {
  switch (source.type) {
    case 'path':
      return openPathFolder(source.path, rules.paths);
    case 'url':
      return openUrlFolder(source.url, rules);
    case 'upload':
      return null;
  }
}

/**
 * What the source says that the image is, checked in itself and against the rules of this installation. Looks at no blob.
 * @throws AppError `invalid`, `too_large`, `truncated`, `signature_required`, `signature_invalid`, `source_unreachable`
 */
export async function readImage(
  source: ImageSource,
  folder: ImageFolder | null,
  rules: ImageRules,
  signal: AbortSignal,
): Promise<NewImage> {
  const { manifest, signature } =
    folder === null ? readUpload(source) : await readFolder(folder, rules, signal);
  const blobs = blobsOf(manifest);
  for (const { digest, size } of blobs) {
    if (size <= rules.maxBlobBytes) continue;
    const limit = `${formatBytes(rules.maxBlobBytes)} (DIECAST_IMAGE_MAX_BYTES)`;
    throw new AppError('too_large', `Blob ${digest} has ${formatBytes(size)}, more than ${limit}.`);
  }
  const digest = digestOfManifest(manifest);
  return {
    digest,
    name: manifest.name,
    version: manifest.version,
    manifest,
    signature,
    signatureStatus: judgeSignature(digest, signature, rules),
    sizeBytes: blobs.reduce((sum, { size }) => sum + size, 0),
  };
}

type Described = { readonly manifest: ImageManifest; readonly signature: ImageSignature | null };

function readUpload(source: ImageSource): Described {
  if (source.type !== 'upload') throw new AppError('internal', 'Only an upload has no folder.');
  const { manifest, signature } = source;
  return {
    manifest: readImageManifest(manifest),
    signature: signature === null ? null : readImageSignature(signature),
  };
}

async function readFolder(folder: ImageFolder, rules: ImageRules, signal: AbortSignal): Promise<Described> {
  const manifest = await readJson(folder, 'manifest.json', MOST_MANIFEST_BYTES, signal);
  if (manifest === undefined)
    throw new AppError('source_unreachable', `There is no manifest.json in ${folder.where}.`, {
      retry: 'never',
    });
  const signature =
    rules.signatures === 'off'
      ? undefined
      : await readJson(folder, 'signature.json', MOST_SIGNATURE_BYTES, signal);
  return {
    manifest: readImageManifest(manifest),
    signature: signature === undefined ? null : readImageSignature(signature),
  };
}

async function readJson(
  folder: ImageFolder,
  name: string,
  mostBytes: number,
  signal: AbortSignal,
): Promise<unknown> {
  const stream = await folder.open(name, signal);
  if (stream === undefined) return undefined;
  const where = `${name} in ${folder.where}`;
  try {
    const bytes = await readAll(stream, mostBytes, where, signal);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw new AppError('invalid', `${where} is not JSON in UTF-8.`, {
      errors: [{ path: name, message: 'must be JSON in UTF-8' }],
      cause: error,
    });
  } finally {
    stream.destroy();
  }
}

async function readAll(
  stream: Readable,
  mostBytes: number,
  where: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes)
        throw new AppError('too_large', `${where} has more than ${formatBytes(mostBytes)}.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError || signal.aborted) throw error;
    throw new AppError('truncated', `${where} ended after ${bytes} bytes.`, { cause: error });
  }
  return Buffer.concat(chunks);
}
