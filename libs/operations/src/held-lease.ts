import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@diecast/model';
import type { OperationLog } from './definition.js';
import type { OperationJournal } from './journal.js';
import { believedUntil, effectLimitMs, isRenewalDue, type Lease } from './lease-rules.js';

/** While the database is away, how often to try. */
const RETRY_EVERY_MS = 500;

/**
 * Two clocks: the monotonic one stands still while a machine is suspended, the other one may be set. Belief ends with
 * whichever runs ahead.
 */
type Moment = { readonly monotonic: number; readonly wall: number };
export const thisMoment = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

/**
 * A lease that this worker believes to have. Belief is bounded by this machine's own clocks: the time counts from before
 * the request that renewed it, so that it ends here no later than in the database. A worker that was stopped, or whose
 * event loop hung, therefore knows by itself that it may do nothing more.
 */
export class HeldLease {
  readonly lease: Lease;
  readonly #journal: OperationJournal;
  readonly #ttlMs: number;
  readonly #log: OperationLog;
  readonly #lost = new AbortController();
  readonly #cancelled = new AbortController();
  readonly #stopped = new AbortController();
  #until: Moment;
  #end: NodeJS.Timeout | undefined;

  /** @param askedAt the moment before the lease was asked for */
  constructor(
    lease: Lease,
    askedAt: Moment,
    options: { readonly journal: OperationJournal; readonly ttlMs: number; readonly log: OperationLog },
  ) {
    this.lease = lease;
    this.#journal = options.journal;
    this.#ttlMs = options.ttlMs;
    this.#log = options.log;
    this.#until = this.#believeFrom(askedAt);
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
    clearTimeout(this.#end);
  }

  /**
   * Cheap while the lease is fresh: only in its last two thirds the database is asked.
   * @returns milliseconds in which an effect that begins now must be over
   * @throws AppError `lease_lost`
   */
  async admit(): Promise<number> {
    const now = thisMoment();
    if (
      isRenewalDue(this.#until.monotonic, now.monotonic, this.#ttlMs) ||
      isRenewalDue(this.#until.wall, now.wall, this.#ttlMs)
    )
      await this.#renewWhileValid();
    return this.insist();
  }

  /** The same without asking, for the very moment in which an effect leaves this process. */
  insist(): number {
    const left = this.#leftMs();
    if (left <= 0) this.#lost.abort();
    if (this.lost.aborted) throw this.#lostError();
    return left;
  }

  /** Repeats a write while the database is away and the lease lasts. @throws AppError `lease_lost` */
  async persist<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      this.insist();
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
      if (this.#leftMs() <= 0) this.#lost.abort();
      if (this.lost.aborted || this.#stopped.signal.aborted) return;
      const askedAt = thisMoment();
      try {
        const { cancelRequested } = await this.#journal.renew(this.lease, this.#ttlMs);
        this.#until = this.#believeFrom(askedAt);
        if (cancelRequested) this.#cancelled.abort();
        return;
      } catch (error) {
        if (isLeaseLost(error)) this.#lost.abort();
        else this.#log.warn({ err: error }, 'The lease could not be renewed yet.');
        await sleep(RETRY_EVERY_MS, undefined, { signal: this.lost }).catch(() => undefined);
      }
    }
  }

  /** Whoever waits for something learns it from the signal when belief ends, without asking. */
  #believeFrom(askedAt: Moment): Moment {
    const until = {
      monotonic: believedUntil(askedAt.monotonic, this.#ttlMs),
      wall: believedUntil(askedAt.wall, this.#ttlMs),
    };
    clearTimeout(this.#end);
    if (!this.#stopped.signal.aborted)
      this.#end = setTimeout(() => this.#lost.abort(), effectLimitMs(until.monotonic, performance.now()));
    return until;
  }

  #leftMs(): number {
    const now = thisMoment();
    return Math.min(
      effectLimitMs(this.#until.monotonic, now.monotonic),
      effectLimitMs(this.#until.wall, now.wall),
    );
  }

  #lostError(): AppError {
    return new AppError('lease_lost', `Operation ${this.lease.operationId} is no longer ours to work on.`);
  }
}

export const isLeaseLost = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'lease_lost';
const isAway = (error: unknown): boolean => error instanceof AppError && error.code === 'unavailable';
