import type { KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Blob, Digest, HealthSpec } from '@diecast/model';
import type { Hypervisors } from '@diecast/hypervisor';
import type { EffectGuard } from '@diecast/operations';
import type { Store } from '@diecast/store';

/** Blobs of images on our side: uploads wait here, imports are kept here, hosts are filled from here. */
export interface BlobLibrary {
  /** Bytes of the blob, or undefined when it is not here. */
  sizeOf(digest: Digest): Promise<number | undefined>;
  /**
   * Takes the stream to its end. The blob appears whole and with the right digest, or not at all; one that is here already
   * is not written again.
   * @throws AppError `digest_mismatch`, `too_large`, `truncated`, `no_space`
   */
  receive(digest: Digest, stream: Readable, maxBytes: number): Promise<void>;
  /** @throws AppError `not_found` when the blob is not here */
  open(blob: Blob, offset: number): Promise<Readable>;
  /** Succeeds when there is no such blob. */
  remove(digest: Digest): Promise<void>;
}

/** What this installation permits of images. */
export type ImageRules = {
  /** Absolute folders that path sources may be in; null: any. */
  readonly paths: readonly string[] | null;
  readonly maxBlobBytes: number;
  /** Whether a URL may lead to a private, loopback or link-local address. */
  readonly privateUrls: boolean;
  readonly keys: readonly { readonly id: string; readonly publicKey: KeyObject }[];
  readonly signatures: 'require' | 'warn' | 'off';
};

/** What one look at a machine has shown. */
export type HealthLook = {
  readonly passed: boolean;
  /** What was seen, for a person: `status 503, not 200`. */
  readonly seen: string;
};

/** One look at a machine from outside. Never throws for a machine that does not answer: that is a look, too. */
export type HealthCheck = (address: string, spec: OutsideCheck, signal: AbortSignal) => Promise<HealthLook>;
/** A check that needs no host. */
export type OutsideCheck = Exclude<HealthSpec, { readonly kind: 'agent' }>;

/** All that a flow may touch. */
export type FlowServices = {
  readonly store: Store;
  readonly hypervisors: Hypervisors;
  readonly blobs: BlobLibrary;
  readonly imageRules: ImageRules;
  readonly checkHealth: HealthCheck;
};

/**
 * The services of one attempt of a step. Whatever it does to a host, to the store or to the blobs passes the guard here,
 * once for all flows: a worker that lost its lease can do nothing more, wherever in a step it is.
 */
export const guardServices = (services: FlowServices, guard: EffectGuard): FlowServices => ({
  ...services,
  store: services.store.under(guard.lease),
  hypervisors: services.hypervisors.behind(guard),
  blobs: guardBlobs(services.blobs, guard),
});

const guardBlobs = (blobs: BlobLibrary, guard: EffectGuard): BlobLibrary => ({
  sizeOf: (digest) => blobs.sizeOf(digest),
  open: (blob, offset) => blobs.open(blob, offset),
  async receive(digest, stream, maxBytes) {
    await guard.admit();
    await blobs.receive(digest, stream, maxBytes);
  },
  async remove(digest) {
    await guard.admit();
    await blobs.remove(digest);
  },
});
