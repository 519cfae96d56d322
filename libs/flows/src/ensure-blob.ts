import {
  AppError,
  blobFileName,
  blobsOf,
  digestHex,
  type Blob,
  type Host,
  type ImageManifest,
} from '@diecast/model';
import type { Hypervisor } from '@diecast/hypervisor';
import type { FlowServices } from './services.js';

type Effort = {
  readonly signal: AbortSignal;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
};

/** Held while a blob is written to a host, and while it is removed there because nobody needs it (remove-blobs.ts). */
export const blobLock = (host: string, digest: string): string => `blob/${host}/${digest}`;

/**
 * Makes a blob present on a host: transferred once however many ask, resumed where it broke, and believed only after the
 * host's copy was read back and has the right digest. When there is no room for it, what was written makes room again.
 * @throws AppError `digest_mismatch`, `no_space`, `host_unreachable`
 */
export function ensureBlob(
  { store, hypervisors, blobs }: Pick<FlowServices, 'store' | 'hypervisors' | 'blobs'>,
  host: Host,
  blob: Blob,
  effort: Effort,
): Promise<void> {
  const { signal } = effort;
  const name = blobFileName(blob.digest);
  return store.exclusively(blobLock(host.name, blob.digest), async () => {
    // Asked for when it is our turn: the connection may have broken while another was at work.
    const on = hypervisors.at(host);
    const record = await store.hostFiles.begin({
      host: host.name,
      name,
      kind: 'blob',
      sizeBytes: blob.size,
      backing: null,
      owner: blob.digest,
    });
    // Its size says nothing: libvirt tells that of the disk within when the blob is a qcow2 file.
    const there = await on.files.findFile(name, { signal });
    if (there !== undefined && record.state === 'present') return;
    const from = there === undefined ? 0 : record.bytesDone;
    try {
      if (from < blob.size) {
        await on.files.writeFile(
          { name, size: blob.size, from, source: await blobs.open(blob, from) },
          {
            signal,
            onWritten: async (offset) => {
              await store.hostFiles.recordProgress(host.name, name, offset);
              effort.onProgress?.(offset, blob.size);
            },
          },
        );
      }
      await verify(on, blob, signal);
    } catch (error) {
      if (isWorthless(error)) {
        await on.files.deleteFile(name);
        await store.hostFiles.remove(host.name, name);
      }
      throw error;
    }
    await store.hostFiles.recordPresent(host.name, name, blob.size);
  });
}

/** After these nothing of the file is of use; after any other error the transfer goes on where it was. */
const isWorthless = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'digest_mismatch' || error.code === 'no_space');

async function verify(on: Hypervisor, blob: Blob, signal: AbortSignal): Promise<void> {
  const found = await on.files.hashFile(blobFileName(blob.digest), blob.size, { signal });
  if (found === digestHex(blob.digest)) return;
  throw new AppError(
    'digest_mismatch',
    `Host ${on.host} holds sha256:${found} where the image has ${blob.digest}; the file was removed.`,
  );
}

export async function ensureImage(
  services: Pick<FlowServices, 'store' | 'hypervisors' | 'blobs'>,
  host: Host,
  manifest: ImageManifest,
  effort: Effort,
): Promise<void> {
  const all = blobsOf(manifest);
  const total = all.reduce((sum, blob) => sum + blob.size, 0);
  let before = 0;
  for (const blob of all) {
    const done = before;
    await ensureBlob(services, host, blob, {
      signal: effort.signal,
      onProgress: (bytes) => effort.onProgress?.(done + bytes, total),
    });
    before += blob.size;
  }
}
