import type {
  ErrorRecord,
  Json,
  Operation,
  OperationStatus,
  Progress,
  Retry,
  StepStatus,
} from '@diecast/model';
import type { ChildRequest } from './definition.js';
import type { Lease } from './lease-rules.js';

/** One step as the log has it. `running` or `undoing` found at the start means: intent written, outcome unknown. */
export type StepRecord = {
  readonly name: string;
  readonly status: StepStatus;
  /** Failed attempts of run so far; interrupted attempts do not count. */
  readonly failures: number;
  readonly undoFailures: number;
  /** Of the last failure of run. */
  readonly retry: Retry | null;
  readonly error: ErrorRecord | null;
  /** Of the last failure of undo. */
  readonly undoError: ErrorRecord | null;
  readonly undoRetry: Retry | null;
  /** Undoing it came too late: the pivot within it is passed. */
  readonly passed: boolean;
};

/** What a worker carries on from. */
export type Carried = {
  readonly lease: Lease;
  readonly operation: Operation;
  readonly log: readonly StepRecord[];
  /** What finished steps returned, merged. */
  readonly state: Readonly<Record<string, unknown>>;
};

export type Acquired =
  | ({ readonly got: 'lease' } & Carried)
  /** It is over, stuck, or unknown: nothing to do. */
  | { readonly got: 'nothing' }
  /** Another worker has it. */
  | { readonly got: 'leased' }
  /** Another operation works on what it needs alone, or was asked for earlier; it stays pending until that one ends. */
  | { readonly got: 'waiting'; readonly lock: string; readonly holder: string }
  /** As many operations are at work as may be; it stays pending until one ends. */
  | { readonly got: 'full' };

/** How much may go on at once; absent: no limit. */
export type Limits = {
  /** Operations at work; those that another one's step has started go along with it. */
  readonly cluster?: number;
  /** Operations that burden one host at the same time. */
  readonly perHost?: number;
};

export type Intent = {
  readonly name: string;
  readonly position: number;
  readonly closes: boolean;
  /** Hosts that it burdens, and how many operations may at once. */
  readonly burdens?: readonly string[];
  readonly perHost?: number;
};
export type Started = 'started' | 'cancelled' | 'noRoom';

export type End = {
  readonly status: Extract<OperationStatus, 'succeeded' | 'failed' | 'cancelled' | 'stuck'>;
  readonly result: Json;
  readonly error: ErrorRecord | null;
};

/**
 * The durable memory of operations, as the engine needs it. The store implements it. Every method that takes a lease
 * @throws AppError `lease_lost` when it is not the current one, and then has written nothing.
 * Every method @throws AppError `unavailable` when the database is away.
 */
export interface OperationJournal {
  find(id: string): Promise<Operation | undefined>;
  /** Compare-and-set: takes the lease when nobody's is valid, and all locks or none of them. */
  acquire(
    id: string,
    options: { readonly holder: string; readonly ttlMs: number; readonly limits?: Limits },
  ): Promise<Acquired>;
  /** Extends the lease from now, by the database's clock. */
  renew(lease: Lease, ttlMs: number): Promise<{ readonly cancelRequested: boolean }>;
  /** Hands back: the operation keeps its locks and log, any worker may take it at once. */
  release(lease: Lease): Promise<void>;
  /**
   * Before the effect. A step that `closes` ends cancellability in the same transaction; when a cancellation came
   * first nothing is written. A step burdens its hosts until its outcome is written; when one has no room the operation is
   * handed back, and is not runnable until there is.
   */
  startStep(lease: Lease, step: Intent): Promise<Started>;
  /** After the effect; `state` is merged into the operation's. One that `closes` ends cancellability with it. */
  finishStep(
    lease: Lease,
    step: { readonly name: string; readonly closes: boolean },
    state: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  failStep(lease: Lease, name: string, error: ErrorRecord, retry: Retry): Promise<void>;
  /** Intent to undo. From here the operation only goes back. */
  startUndo(lease: Lease, name: string): Promise<void>;
  finishUndo(lease: Lease, name: string): Promise<void>;
  /**
   * Undoing came too late: the step is to run again, with its attempts anew, and from here there is only forward. Whoever
   * asked for a cancellation is told so by an event.
   */
  passPivot(lease: Lease, name: string): Promise<void>;
  failUndo(lease: Lease, name: string, error: ErrorRecord, retry: Retry): Promise<void>;
  recordProgress(lease: Lease, progress: Progress): Promise<void>;
  /** Ends the operation and frees lease and locks; a stuck one keeps its locks, for what it left is in between. */
  finish(lease: Lease, end: End): Promise<void>;
  /** Idempotent by parent and key. */
  insertChild(lease: Lease, request: ChildRequest): Promise<Operation>;
  children(id: string): Promise<readonly Operation[]>;
  /** Asks those of the children that may still be cancelled to stop. */
  cancelChildren(id: string): Promise<void>;
  /**
   * Resolves when one of these operations may have changed, on the signal, or after the timeout. It listens from the
   * moment of the call, so that calling it before looking misses nothing.
   */
  waitForChange(ids: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** The same for a request to cancel this one. */
  waitForCancel(id: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
}
