import { sql } from 'kysely';
import type { Change, Session } from '../database/session.js';
import type { HistoryQueries } from '../store.js';

/** Small enough that nobody waits for the transaction. */
const BATCH = 2_000;

export function historyQueries(session: Session): HistoryQueries {
  return {
    prune: (keepDays) =>
      session.change(async (change) => {
        const operations = await pruneOperations(change, keepDays);
        // After the operations, so that the events of those that just went may go with them.
        const events = await pruneEvents(change, keepDays);
        const keys = await pruneKeys(change, keepDays);
        return { operations, events, keys, more: [operations, events, keys].includes(BATCH) };
      }),
  };
}

const cutoff = (keepDays: number) => sql`now() - make_interval(days => ${keepDays}::int)`;

/** With their steps and children. A rollout keeps its operation: it is the history of the service. */
async function pruneOperations({ db }: Change, keepDays: number): Promise<number> {
  const gone = await sql`
    delete from operations where id in (
      select o.id from operations o
      where o.parent_id is null and o.status in ('succeeded', 'failed', 'cancelled')
        and o.finished_at < ${cutoff(keepDays)}
        and not exists (select 1 from rollouts r where r.operation_id = o.id)
        and not exists (select 1 from operations c where c.parent_id = o.id and c.finished_at is null)
      order by o.finished_at limit ${BATCH})`.execute(db);
  return Number(gone.numAffectedRows ?? 0);
}

/** The events of an operation go with it and not before, so that its own stream is always whole. */
async function pruneEvents({ db }: Change, keepDays: number): Promise<number> {
  const gone = await sql<{ id: number }>`
    delete from events where id in (
      select e.id from events e
      where e.at < ${cutoff(keepDays)}
        and not (e.resource_type = 'operation' and exists (
          select 1 from operations o where o.id = e.resource_id::uuid))
      order by e.id limit ${BATCH})
    returning id`.execute(db);
  const through = Math.max(0, ...gone.rows.map(({ id }) => id));
  await db
    .updateTable('history')
    .set({ pruned_through: sql<number>`greatest(pruned_through, ${through})` })
    .execute();
  return gone.rows.length;
}

/** Of requests that were answered; the others are held by somebody, or free themselves. */
async function pruneKeys({ db }: Change, keepDays: number): Promise<number> {
  const gone = await sql`
    delete from idempotency_keys where (principal, key) in (
      select principal, key from idempotency_keys
      where created_at < ${cutoff(keepDays)} and answer is not null limit ${BATCH})`.execute(db);
  return Number(gone.numAffectedRows ?? 0);
}
