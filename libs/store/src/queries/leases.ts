import { sql, type Kysely } from 'kysely';
import { AppError } from '@diecast/model';
import { isHeldBy, type Lease, type LeaseRow } from '@diecast/operations';
import type { Database } from '../database/schema.js';

const leaseLost = (lease: Lease): AppError =>
  new AppError('lease_lost', `Operation ${lease.operationId} is no longer worked on by ${lease.holder}.`);

/** Milliseconds of the database's clock, since 1970. */
export const NOW = sql<number | string>`extract(epoch from clock_timestamp()) * 1000`;
const UNTIL = sql<number | string | null>`extract(epoch from lease_until) * 1000`;

/** The column keeps whole milliseconds; the holder's belief may never outlast it. */
const ROUNDING_MS = 1;

export const fromNow = (ms: number) =>
  sql<Date>`clock_timestamp() + make_interval(secs => ${(ms + ROUNDING_MS) / 1000}::float8)`;

/** What the lease protocol decides by. */
export const leaseColumns = [
  'status',
  'lease_holder as holder',
  'lease_epoch as epoch',
  UNTIL.as('until'),
] as const;

/** Numbers of `extract` are numeric, which the driver gives as text. */
export const toLeaseRow = (row: {
  readonly status: LeaseRow['status'];
  readonly holder: string | null;
  readonly epoch: number;
  readonly until: number | string | null;
}): LeaseRow => ({ ...row, until: row.until === null ? null : Number(row.until) });

/**
 * Holds the row of the operation until the transaction ends, so that nobody takes the lease before that.
 * @throws AppError `lease_lost`
 */
export async function lockLease(
  db: Kysely<Database>,
  lease: Lease,
  strength: 'update' | 'share',
): Promise<void> {
  const query = db.selectFrom('operations').select(leaseColumns).where('id', '=', lease.operationId);
  const row = await (strength === 'update' ? query.forUpdate() : query.forShare()).executeTakeFirst();
  if (!row || !isHeldBy(toLeaseRow(row), lease)) throw leaseLost(lease);
}
