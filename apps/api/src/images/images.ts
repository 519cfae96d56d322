import type { Readable } from 'node:stream';
import { invalid, type BlobFolder } from '@diecast/platform';
import {
  AppError,
  readImageManifest,
  readImageSignature,
  type Digest,
  type FieldError,
  type Image,
  type ImageSource,
  type Operation,
} from '@diecast/model';
import type { Store } from '@diecast/store';
import { healthProblems, toHealth } from '../machines/health.js';
import { firmwareOf } from '../machines/firmware.js';
import { networkProblems, toNetwork } from '../machines/network.js';
import { startOperation } from '../operations/start-operation.js';
import type { ImageSourceBody, ImportImage, ProveImage } from './images.dto.js';

/** Which image it is turns out while it is read, except for an upload. */
export function importImage(store: Store, wanted: ImportImage, by: string): Promise<Operation> {
  return startOperation(store, {
    kind: 'image.import',
    input: { source: toSource(wanted.source) },
    resources: [],
    by,
  });
}

const ONE_MACHINE = { machines: 1, sum: 'the one that proves it' };

const FIELDS = ['path', 'url', 'manifest', 'signature'] as const;
const FIELDS_OF = { path: ['path'], url: ['url'], upload: ['manifest', 'signature'] } as const;

function toSource(source: ImageSourceBody): ImageSource {
  const { type, path, url, manifest, signature } = source;
  const errors: FieldError[] = FIELDS.filter(
    (field) => source[field] !== undefined && !FIELDS_OF[type].some((own) => own === field),
  ).map((field) => ({ path: `source.${field}`, message: `is not used by a source of the type ${type}` }));
  if (errors.length > 0) throw invalid(errors);
  if (type === 'path' && path !== undefined) return { type, path };
  if (type === 'url' && url !== undefined) return { type, url };
  if (type === 'upload' && manifest !== undefined) {
    return {
      type,
      manifest: readAt('source.manifest', () => readImageManifest(manifest)),
      signature: signature == null ? null : readAt('source.signature', () => readImageSignature(signature)),
    };
  }
  const missing = FIELDS_OF[type][0];
  throw invalid([
    { path: `source.${missing}`, message: `is missing: a source of the type ${type} needs it` },
  ]);
}

/** Says the wrong fields of a part by their paths in the request. */
function readAt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'invalid')) throw error;
    throw invalid(error.errors.map((wrong) => ({ ...wrong, path: `${path}.${wrong.path}` })));
  }
}

/** @returns whether the blob is new here. @throws AppError `digest_mismatch`, `too_large`, `truncated`, `no_space` */
export async function receiveBlob(
  blobs: BlobFolder,
  digest: Digest,
  stream: Readable,
  maxBytes: number,
): Promise<boolean> {
  const isNew = (await blobs.sizeOf(digest)) === undefined;
  await blobs.receive(digest, stream, maxBytes);
  return isNew;
}

/** Boots it once and waits for its health check; with that evidence it becomes `proven`. */
export async function proveImage(
  store: Store,
  reference: string,
  wanted: ProveImage,
  by: string,
): Promise<Operation> {
  const { network, health, vcpus, memoryMiB } = wanted;
  const errors = [...networkProblems(network, 'network', ONE_MACHINE), ...healthProblems(health, 'health')];
  if (errors.length > 0) throw invalid(errors);
  const image = await store.images.resolve(reference);
  requireBootable(image);
  const host = wanted.host == null ? null : (await store.hosts.require(wanted.host)).name;
  return startOperation(store, {
    kind: 'image.prove',
    input: {
      digest: image.digest,
      host,
      machine: {
        vcpus,
        memoryMiB,
        firmware: firmwareOf(image, wanted.firmware, 'firmware'),
        cpu: 'portable',
      },
      network: toNetwork(network),
      health: toHealth(health),
    },
    resources: [{ type: 'image', id: image.digest }],
    by,
  });
}

function requireBootable({ digest, status }: Image): void {
  if (status === 'revoked') throw new AppError('image_revoked', `Image ${digest} was revoked.`);
  if (status === 'importing' || status === 'deleting')
    throw new AppError('conflict', `Image ${digest} is ${status}; only one that is whole is proven.`);
}

/** For ever. What runs from it goes on until its service is declared with another image. */
export async function revokeImage(store: Store, reference: string, reason: string): Promise<Image> {
  const image = await store.images.resolve(reference);
  return store.images.setStatus(image.digest, 'revoked', reason);
}

/** From here on nobody can begin to use it. @throws AppError `in_use` naming who uses it, `busy` while it is imported */
export function deleteImage(store: Store, reference: string, by: string): Promise<Operation> {
  return store.transaction(async (inside) => {
    const { digest } = await inside.images.resolve(reference);
    await inside.images.markDeleting(digest);
    return startOperation(inside, {
      kind: 'image.delete',
      input: { digest },
      resources: [{ type: 'image', id: digest }],
      by,
    });
  });
}
