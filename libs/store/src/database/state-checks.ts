import { sql, type Transaction } from 'kysely';
import {
  HOST_STATES,
  IMAGE_STATES,
  INSTANCE_STATES,
  OPERATION_STATES,
  ROLLOUT_STATES,
  SNAPSHOT_STATES,
  type StateTable,
} from '@diecast/model';
import type { Database } from './schema.js';

const STATES_OF: Readonly<Record<string, StateTable>> = {
  hosts: HOST_STATES,
  images: IMAGE_STATES,
  instances: INSTANCE_STATES,
  operations: OPERATION_STATES,
  rollouts: ROLLOUT_STATES,
  snapshots: SNAPSHOT_STATES,
};

/**
 * A CHECK constraint per state table of the model. They are laid at start and not by a numbered migration, because
 * the model may gain a state without anybody writing SQL; the constraint's comment says what it was made from.
 */
export async function layStateChecks(tx: Transaction<Database>): Promise<void> {
  const present = await sql<{ table: string; states: string | null }>`
    select c.conrelid::regclass::text as "table", obj_description(c.oid, 'pg_constraint') as states
    from pg_constraint c where c.conname = 'status_is_known' and c.contype = 'c'`.execute(tx);
  const laid = new Map(present.rows.map((row) => [row.table, row.states]));

  for (const [table, states] of Object.entries(STATES_OF)) {
    const wanted = Object.keys(states).join(' ');
    if (laid.get(table) === wanted) continue;
    const list = sql.join(Object.keys(states).map((state) => sql.lit(state)));
    await sql`alter table ${sql.table(table)} drop constraint if exists status_is_known`.execute(tx);
    await sql`alter table ${sql.table(table)} add constraint status_is_known check (status in (${list}))`.execute(
      tx,
    );
    await sql`comment on constraint status_is_known on ${sql.table(table)} is ${sql.lit(wanted)}`.execute(tx);
  }
}
