import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobLibrary } from '@diecast/flows';
import { AppError, digestHex, formatBytes, type Digest } from '@diecast/model';

/** A folder of blobs, each named by the hex of its sha256. Programs of a cluster share it. */
export interface BlobFolder extends BlobLibrary {
  /** Absolute path at which the blob is, or would be. */
  pathOf(digest: Digest): string;
  /** Does not destroy the stream on an error, so that whoever sent it can still be answered. */
  receive(digest: Digest, stream: Readable, maxBytes: number): Promise<void>;
}

/** @param dataDir the folder `blobs` is made in it */
export function openBlobFolder(dataDir: string): BlobFolder {
  const folder = join(dataDir, 'blobs');
  const pathOf = (digest: Digest): string => join(folder, digestHex(digest));
  const sizeOf = async (digest: Digest): Promise<number | undefined> => {
    try {
      return (await stat(pathOf(digest))).size;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  };

  return {
    pathOf,
    sizeOf,
    async receive(digest, stream, maxBytes) {
      if ((await sizeOf(digest)) !== undefined) {
        stream.resume();
        return;
      }
      await mkdir(folder, { recursive: true });
      const partial = join(folder, `.${digestHex(digest)}.${randomUUID()}.part`);
      try {
        await writeChecked(partial, digest, stream, maxBytes);
        await rename(partial, pathOf(digest));
        await syncFolder(folder);
      } catch (error) {
        await rm(partial, { force: true });
        throw toBlobError(error, digest);
      }
    },
    async open(blob, offset) {
      if ((await sizeOf(blob.digest)) === undefined)
        throw new AppError('not_found', `Blob ${blob.digest} is not in ${folder}.`);
      return createReadStream(pathOf(blob.digest), { start: offset });
    },
    async remove(digest) {
      await rm(pathOf(digest), { force: true });
    },
  };
}

async function writeChecked(path: string, digest: Digest, stream: Readable, maxBytes: number): Promise<void> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o640);
  try {
    let size = 0;
    const chunks: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
    for await (const bytes of chunks) {
      size += bytes.length;
      if (size > maxBytes) {
        throw new AppError(
          'too_large',
          `Blob ${digest} is larger than ${formatBytes(maxBytes)} (DIECAST_IMAGE_MAX_BYTES).`,
        );
      }
      hash.update(bytes);
      await writeAll(file, bytes);
    }
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest) {
      throw new AppError('digest_mismatch', `The ${size} bytes sent as ${digest} have the digest ${found}.`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += (await file.write(bytes, done)).bytesWritten;
}

/** Without it a power cut may forget the new name, though not the bytes. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

function toBlobError(error: unknown, digest: Digest): unknown {
  switch (codeOf(error)) {
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new AppError('truncated', `The upload of blob ${digest} ended early.`, { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('no_space', `The data folder has no space left for blob ${digest}.`, {
        cause: error,
      });
    default:
      return error;
  }
}
