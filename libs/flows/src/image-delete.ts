import { blobsOf, type InputOf } from '@diecast/model';
import { defineOperation } from '@diecast/operations';
import { eraseImage, removeFromHost } from './remove-blobs.js';
import type { FlowServices } from './services.js';
import { leftOfImage } from './what-is-left.js';

type Input = InputOf<'image.delete'>;

/**
 * Ends an image. It is marked first, under the same lock of the database that a service takes to begin with it, so that
 * nobody begins to use what is half gone. The row goes last: while a host that has the blobs cannot be reached, the
 * operation stands stuck and the image stays as `deleting`.
 */
export const imageDelete = defineOperation<FlowServices, Input, object>({
  kind: 'image.delete',
  pivot: { within: 'mark' },
  steps: [
    {
      name: 'mark',
      async run({ store }, { input }) {
        await store.images.markDeleting(input.digest);
      },
      undo: { none: 'an image that is half deleted must never boot again' },
    },
    {
      name: 'clear',
      deadlineSeconds: 600,
      // A host that is away for longer is nothing to wait for here.
      attempts: 3,
      async run(services, { input, signal, progress, checkLease }) {
        const { store } = services;
        const image = await store.images.resolve(input.digest);
        const files = await Promise.all(
          blobsOf(image.manifest).map(({ digest }) => store.hostFiles.byOwner(digest)),
        );
        const hosts = [...new Set(files.flat().map((file) => file.host))].toSorted();
        for (const [index, name] of hosts.entries()) {
          progress({
            percent: Math.floor((index * 100) / hosts.length),
            message: `taking it away from ${name}`,
          });
          await checkLease();
          await removeFromHost(services, await store.hosts.require(name), image, signal);
        }
      },
      undo: { none: 'hosts are given an image again when it is needed' },
    },
    {
      name: 'erase',
      async run(services, { input, checkLease }) {
        const image = await services.store.images.find(input.digest);
        if (image === undefined) return;
        await checkLease();
        await eraseImage(services, image);
      },
      undo: { none: 'the last step' },
    },
  ],
  leaves: (services, { input }) => leftOfImage(services, input.digest),
});
