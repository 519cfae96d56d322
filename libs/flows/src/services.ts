import type { Readable } from 'node:stream';
import type { Blob, HealthSpec } from '@diecast/model';
import type { Hypervisors } from '@diecast/hypervisor';
import type { Store } from '@diecast/store';

/** Blobs of imported images, as the workers read them. */
export interface BlobLibrary {
  /** @throws AppError `not_found` when the blob is not here */
  open(blob: Blob, offset: number): Promise<Readable>;
}

/** One look at a machine's health. Never throws for a machine that does not answer: that is a `false`. */
export type HealthCheck = (address: string, spec: HealthSpec, signal: AbortSignal) => Promise<boolean>;

/** All that a flow may touch. */
export type FlowServices = {
  readonly store: Store;
  readonly hypervisors: Hypervisors;
  readonly blobs: BlobLibrary;
  readonly checkHealth: HealthCheck;
};
