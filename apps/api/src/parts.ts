import type { Queue } from 'bullmq';
import type { BlobFolder, Config, Dependency, Logger, Metrics } from '@diecast/platform';
import type { Store } from '@diecast/store';

/** What the API stands on; whoever starts it opens them and closes them after it. */
export type ApiParts = {
  readonly store: Store;
  readonly config: Pick<Config, 'imageMaxBytes' | 'haproxySocket'>;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly blobs: BlobFolder;
  /** Shown on the queue board. */
  readonly queues: readonly Queue[];
  /** What it cannot work without: asked by /health/ready. */
  readonly dependencies: readonly Dependency[];
};

/** Names under which controllers are given them. */
export const STORE = Symbol('store');
export const CONFIG = Symbol('config');
export const METRICS = Symbol('metrics');
export const BLOBS = Symbol('blobs');
export const DEPENDENCIES = Symbol('dependencies');
