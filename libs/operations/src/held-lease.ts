import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@diecast/model';
import type { OperationLog } from './definition.js';
import type { Lease, OperationJournal } from './journal.js';

/** While the database is away, how often to try. */
const RETRY_EVERY_MS = 500;

/**
 * A lease that this worker believes to have. Belief is bounded by this machine's monotonic clock: the time counts
 * from before the request that renewed it, so that it ends here no later than in the database. A worker that was
 * stopped, or whose event loop hung, therefore knows by itself that it may do nothing more.
 */
export class HeldLease {
  readonly lease: Lease;
  readonly #journal: OperationJournal;
  readonly #ttlMs: number;
  readonly #log: OperationLog;
  readonly #lost = new AbortController();
  readonly #cancelled = new AbortController();
  readonly #stopped = new AbortController();
  #validUntil: number;

  /** @param askedAt performance.now() from before the lease was asked for */
  constructor(
    lease: Lease,
    askedAt: number,
    options: { readonly journal: OperationJournal; readonly ttlMs: number; readonly log: OperationLog },
  ) {
    this.lease = lease;
    this.#journal = options.journal;
    this.#ttlMs = options.ttlMs;
    this.#log = options.log;
    this.#validUntil = askedAt + options.ttlMs;
  }

  /** Aborted once the lease is somebody else's, or may be. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Aborted once cancellation was asked for. */
  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }

  noteCancelRequested(): void {
    this.#cancelled.abort();
  }

  /** Renews in time until `stop`. A request to cancel is seen at once, through the journal's notification. */
  async keep(): Promise<void> {
    const stopped = this.#stopped.signal;
    while (!stopped.aborted && !this.lost.aborted) {
      await this.#journal.waitForCancel(this.lease.operationId, this.#ttlMs / 3, stopped);
      if (!stopped.aborted) await this.#renewWhileValid();
    }
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Cheap while the lease is fresh: only in its last two thirds the database is asked. @throws `lease_lost` */
  async check(): Promise<void> {
    const left = this.#validUntil - performance.now();
    if (left < (this.#ttlMs * 2) / 3) await this.#renewWhileValid();
    if (this.lost.aborted) throw this.#lostError();
  }

  /** Repeats a write while the database is away and the lease lasts. @throws `lease_lost` */
  async persist<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#expired()) this.#lost.abort();
      if (this.lost.aborted) throw this.#lostError();
      try {
        return await write();
      } catch (error) {
        if (isLeaseLost(error)) this.#lost.abort();
        if (!isAway(error)) throw error;
        this.#log.warn(
          { err: error },
          'The database is away; the outcome is kept and written when it is back.',
        );
        await sleep(RETRY_EVERY_MS, undefined, { signal: this.lost }).catch(() => undefined);
      }
    }
  }

  async #renewWhileValid(): Promise<void> {
    for (;;) {
      if (this.#expired()) this.#lost.abort();
      if (this.lost.aborted || this.#stopped.signal.aborted) return;
      const askedAt = performance.now();
      try {
        const { cancelRequested } = await this.#journal.renew(this.lease, this.#ttlMs);
        this.#validUntil = askedAt + this.#ttlMs;
        if (cancelRequested) this.#cancelled.abort();
        return;
      } catch (error) {
        if (isLeaseLost(error)) this.#lost.abort();
        else this.#log.warn({ err: error }, 'The lease could not be renewed yet.');
        await sleep(RETRY_EVERY_MS, undefined, { signal: this.lost }).catch(() => undefined);
      }
    }
  }

  #expired(): boolean {
    return performance.now() >= this.#validUntil;
  }

  #lostError(): AppError {
    return new AppError('lease_lost', `Operation ${this.lease.operationId} is no longer ours to work on.`);
  }
}

export const isLeaseLost = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'lease_lost';
const isAway = (error: unknown): boolean => error instanceof AppError && error.code === 'unavailable';
