import { Readable } from 'node:stream';
import { AppError, digestHex, type Blob, type ImageManifest } from '@diecast/model';
import type { FlowServices } from '../services.js';
import type { ImageFolder } from './image-folder.js';
import { checkQcow2Header, QCOW2_HEADER_BYTES } from './qcow2-header.js';

type Effort = {
  readonly signal: AbortSignal;
  /** Bytes of this blob that are here by now. */
  readonly onProgress: (bytes: number) => void;
};

/** Held while a blob of ours is written, and while it is removed because nobody needs it (remove-blobs.ts). */
export const libraryLock = (digest: string): string => `library/${digest}`;

/**
 * Makes a blob present among ours: read once however many imports ask for it, and kept only when every byte is right.
 * @param folder null when it must be here already
 * @throws AppError `digest_mismatch`, `truncated`, `no_space`, `not_found`, `source_refused`, `source_unreachable`
 */
export function fetchBlob(
  { store, blobs, imageRules }: Pick<FlowServices, 'store' | 'blobs' | 'imageRules'>,
  folder: ImageFolder | null,
  blob: Blob,
  effort: Effort,
): Promise<void> {
  return store.exclusively(libraryLock(blob.digest), async () => {
    const here = await blobs.sizeOf(blob.digest);
    if (here === blob.size) return effort.onProgress(here);
    if (here !== undefined) throw wrongSize(blob, `has ${here} bytes`);
    if (folder === null)
      throw new AppError('not_found', `Blob ${blob.digest} was not sent; send it before the manifest.`);
    const source = await folder.open(`blobs/${digestHex(blob.digest)}`, effort.signal);
    if (source === undefined)
      throw new AppError('source_unreachable', `${folder.where} has no blob ${blob.digest}.`, {
        retry: 'never',
      });
    try {
      const counted = Readable.from(count(source, blob, effort), { objectMode: false });
      await blobs.receive(blob.digest, counted, imageRules.maxBlobBytes);
    } finally {
      source.destroy();
    }
  });
}

/** The same bytes; neither more nor fewer than the manifest has. */
async function* count(source: Readable, blob: Blob, effort: Effort): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > blob.size) throw wrongSize(blob, 'goes on');
      effort.onProgress(bytes);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof AppError || effort.signal.aborted) throw error;
    throw truncated(blob, bytes, error);
  }
  if (bytes < blob.size) throw truncated(blob, bytes);
}

const wrongSize = ({ digest, size }: Blob, what: string): AppError =>
  new AppError('digest_mismatch', `Blob ${digest} ${what} where the manifest gives it ${size} bytes.`);

const truncated = ({ digest, size }: Blob, bytes: number, cause?: unknown): AppError =>
  new AppError('truncated', `Blob ${digest} ended after ${bytes} of ${size} bytes.`, { cause });

/** @throws AppError `invalid` for a disk that is not what its manifest says */
export async function inspectDisk(
  { blobs }: Pick<FlowServices, 'blobs'>,
  { disk }: ImageManifest,
): Promise<void> {
  if (disk.format !== 'qcow2') return;
  const errors = checkQcow2Header(await readStart(await blobs.open(disk, 0)), disk.virtualSize);
  if (errors.length === 0) return;
  const all = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new AppError('invalid', `The disk ${disk.digest} is not what the manifest says: ${all}.`, {
    errors,
    details: { errors },
  });
}

async function readStart(stream: Readable): Promise<Buffer> {
  let start = Buffer.alloc(0);
  // Leaving the loop destroys the stream.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    start = Buffer.concat([start, chunk]);
    if (start.length >= QCOW2_HEADER_BYTES) break;
  }
  return start;
}
