import { blobsOf, formatBytes, type Digest, type Image, type InputOf } from '@diecast/model';
import { defineOperation } from '@diecast/operations';
import { fetchBlob, inspectDisk } from './image-source/fetch-blob.js';
import { openFolder, readImage } from './image-source/read-image.js';
import { eraseImage } from './remove-blobs.js';
import type { FlowServices } from './services.js';
import { leftOfImage } from './what-is-left.js';

type Input = InputOf<'image.import'>;
type State = Pick<Image, 'name' | 'version' | 'sizeBytes' | 'signatureStatus'> & { readonly digest: Digest };

/**
 * Brings an image in. Its row comes first, so that whoever clears blobs away sees that these are wanted, and so that the image
 * is the same one to its end, whatever the source says meanwhile. Several imports of one image at once share the row and every
 * blob; an image that is here already is found, and what it lacks is fetched.
 */
export const imageImport = defineOperation<FlowServices, Input, State>({
  kind: 'image.import',
  steps: [
    {
      name: 'register',
      deadlineSeconds: 120,
      async run({ store, imageRules }, { input, operationId, signal, progress }) {
        progress({ percent: 0, message: 'reading the manifest' });
        const folder = await openFolder(input.source, imageRules);
        const wanted = await readImage(input.source, folder, imageRules, signal);
        const { digest } = await store.images.beginImport(wanted, operationId);
        return { digest };
      },
      async undo(services, { operationId }) {
        const image = await services.store.images.abandonImport(operationId);
        if (image !== undefined) await eraseImage(services, image);
      },
    },
    {
      name: 'fetch',
      deadlineSeconds: 6 * 3600,
      async run(services, { input, need, signal, progress }) {
        const { manifest, sizeBytes } = await services.store.images.resolve(need('digest'));
        const folder = await openFolder(input.source, services.imageRules);
        let before = 0;
        const report = (bytes: number): void => {
          const bytesDone = before + bytes;
          progress({
            percent: Math.floor((bytesDone * 100) / sizeBytes),
            message: `${formatBytes(bytesDone)} of ${formatBytes(sizeBytes)}`,
            data: { bytesDone, bytesTotal: sizeBytes },
          });
        };
        for (const blob of blobsOf(manifest)) {
          await fetchBlob(services, folder, blob, { signal, onProgress: report });
          before += blob.size;
        }
        await inspectDisk(services, manifest);
      },
      undo: { none: 'its blobs go with the row, when nobody else needs them' },
    },
    {
      name: 'admit',
      async run({ store }, { operationId }) {
        const { name, version, sizeBytes, signatureStatus } = await store.images.finishImport(operationId);
        return { name, version, sizeBytes, signatureStatus };
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ digest, name, version, sizeBytes, signatureStatus }) => ({
    digest: digest ?? null,
    name: name ?? null,
    version: version ?? null,
    sizeBytes: sizeBytes ?? null,
    signatureStatus: signatureStatus ?? null,
  }),
  leaves: async (services, { state: { digest } }) =>
    digest === undefined ? [] : leftOfImage(services, digest),
});
