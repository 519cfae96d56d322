import { AppError, blobFileName, blobsOf, type Host, type Image } from '@diecast/model';
import { blobLock } from './ensure-blob.js';
import { libraryLock } from './image-source/fetch-blob.js';
import type { FlowServices } from './services.js';

/**
 * The end of an image that is being deleted: its blobs leave our own library, but for those that another image has, then its row
 * goes. A blob is looked at and removed under the lock that an import holds while it fetches it: the import has its row before
 * that, so either it is seen here, or it finds the blob gone and fetches it.
 */
export async function eraseImage(
  { store, blobs }: Pick<FlowServices, 'store' | 'blobs'>,
  image: Pick<Image, 'digest' | 'manifest'>,
): Promise<void> {
  for (const { digest } of blobsOf(image.manifest)) {
    await store.exclusively(libraryLock(digest), async () => {
      if (!(await store.images.needsBlob(digest, image.digest))) await blobs.remove(digest);
    });
  }
  await store.images.delete(image.digest);
}

/**
 * Takes the image's blobs away from a host, but for those that another image has.
 * @throws AppError `host_unreachable`, and `in_use` when a disk there stands on one
 */
export async function removeFromHost(
  { store, hypervisors }: Pick<FlowServices, 'store' | 'hypervisors'>,
  host: Host,
  image: Pick<Image, 'digest' | 'manifest'>,
  signal: AbortSignal,
): Promise<void> {
  for (const { digest } of blobsOf(image.manifest)) {
    const name = blobFileName(digest);
    if ((await store.hostFiles.find(host.name, name)) === undefined) continue;
    await store.exclusively(blobLock(host.name, digest), async () => {
      if (await store.images.needsBlob(digest, image.digest)) return;
      const [above] = await store.hostFiles.dependants(host.name, name);
      if (above !== undefined)
        throw new AppError('in_use', `On host ${host.name} the disk ${above.name} stands on ${digest}.`);
      await hypervisors.at(host).files.deleteFile(name, { signal });
      await store.hostFiles.remove(host.name, name);
    });
  }
}
