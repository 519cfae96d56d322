import type { OperationStatus } from '@diecast/model';

/** Who works on an operation, as its row says. Times are milliseconds of the database's clock. */
export type LeaseRow = {
  readonly status: OperationStatus;
  readonly holder: string | null;
  /** Raised by every taking over, never lowered. */
  readonly epoch: number;
  readonly until: number | null;
};

/**
 * The right to work on one operation until it expires. Every taking over raises the epoch, and every write names it: what
 * a former holder writes changes nothing and throws `lease_lost`.
 */
export type Lease = { readonly operationId: string } & Holding;
/** The same worker that takes an operation twice has it under two epochs. */
export type Holding = { readonly holder: string; readonly epoch: number };

/*
 * The lease protocol. The store keeps the first five under the lock of the row, a worker the other three, and
 * lease-model.spec.ts searches every way in which several workers can meet under exactly these functions.
 */

/** Whether anybody may take the operation now. */
export const mayTake = ({ status, until }: LeaseRow, now: number): boolean =>
  (status === 'pending' || status === 'running') && (until === null || until <= now);

export const afterTaking = (row: LeaseRow, holder: string, now: number, ttlMs: number): LeaseRow => ({
  status: 'running',
  holder,
  epoch: row.epoch + 1,
  until: now + ttlMs,
});

/** Whether what this holder writes counts. A lease that has run out and that nobody took is still its own. */
export const isHeldBy = (row: LeaseRow, { holder, epoch }: Holding): boolean =>
  row.status === 'running' && row.holder === holder && row.epoch === epoch;

export const afterRenewal = (row: LeaseRow, now: number, ttlMs: number): LeaseRow => ({
  ...row,
  until: now + ttlMs,
});

export const afterRelease = (row: LeaseRow): LeaseRow => ({ ...row, holder: null, until: null });

/**
 * Until when a worker believes in its lease, by its own clock. It counts from before the request, because the database
 * counts from within it: so belief ends first.
 */
export const believedUntil = (askedAt: number, ttlMs: number): number => askedAt + ttlMs;

/** How long an effect that begins now may take, in milliseconds; at 0 it may not begin. It is over before belief is. */
export const effectLimitMs = (until: number, now: number): number => Math.max(0, until - now);

/** Early enough for another try or two. */
export const isRenewalDue = (until: number, now: number, ttlMs: number): boolean =>
  until - now < (ttlMs * 2) / 3;
