import { sql } from 'kysely';
import type { ErrorRecord, OperationStatus } from '@diecast/model';
import { mayTake, type Acquired, type Limits, type StepRecord } from '@diecast/operations';
import type { Change, Reads } from '../database/session.js';
import { fromNow, leaseColumns, NOW, toLeaseRow } from './leases.js';
import { tellOperation } from './operation-rows.js';
import { hasRoomInCluster, lockWanted, whoIsBefore } from './turns.js';

export async function acquire(
  change: Change,
  id: string,
  options: { readonly holder: string; readonly ttlMs: number; readonly limits?: Limits },
): Promise<Acquired> {
  const locks = await lockWanted(change.db, id);
  const row = await change.db
    .selectFrom('operations')
    .select([...leaseColumns, 'runs_as', 'parent_id', NOW.as('now')])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.runs_as !== 'flow' || !isWanted(row.status)) return { got: 'nothing' };
  if (!mayTake(toLeaseRow(row), Number(row.now))) return { got: 'leased' };

  const before = locks.length === 0 ? undefined : await whoIsBefore(change.db, id, locks);
  if (before !== undefined) return { got: 'waiting', ...before };
  const { cluster } = options.limits ?? {};
  const begins = row.status === 'pending' && row.parent_id === null;
  if (cluster !== undefined && begins && !(await hasRoomInCluster(change.db, cluster)))
    return { got: 'full' };
  if (locks.length > 0) {
    await change.db
      .insertInto('operation_locks')
      .values(locks.map((name) => ({ name, operation_id: id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const taken = await change.db
    .updateTable('operations')
    .set({
      status: 'running',
      started_at: sql<Date>`coalesce(started_at, now())`,
      lease_holder: options.holder,
      lease_epoch: sql<number>`lease_epoch + 1`,
      lease_until: fromNow(options.ttlMs),
      wanted_hosts: [],
    })
    .where('id', '=', id)
    .returning(['lease_epoch', 'state'])
    .executeTakeFirstOrThrow();
  const operation = await tellOperation(change, id);
  if (!operation) return { got: 'nothing' };
  return {
    got: 'lease',
    lease: { operationId: id, holder: options.holder, epoch: taken.lease_epoch },
    operation,
    log: await loadLog(change.db, id),
    state: taken.state as Readonly<Record<string, unknown>>,
  };
}

const isWanted = (status: OperationStatus): boolean => status === 'pending' || status === 'running';

async function loadLog(db: Reads, id: string): Promise<readonly StepRecord[]> {
  const rows = await db
    .selectFrom('operation_steps')
    .selectAll()
    .where('operation_id', '=', id)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    status: row.status,
    failures: row.failures,
    undoFailures: row.undo_failures,
    retry: row.retry,
    error: row.error as ErrorRecord | null,
    undoError: row.undo_error as ErrorRecord | null,
    undoRetry: row.undo_retry,
    passed: row.passed,
  }));
}
