import { createHash } from 'node:crypto';
import { sql, type Kysely, type Transaction } from 'kysely';
import { AppError } from '@diecast/model';
import type { Migration } from '../migrations/migration.js';
import type { Database } from './schema.js';
import { layStateChecks } from './state-checks.js';

/** Any constant that nothing else in the database uses. */
const MIGRATION_LOCK = 7_346_001;

const checksumOf = (migration: Migration): string =>
  createHash('sha256').update(migration.statements.join(';\n')).digest('hex');

/**
 * Brings the schema up to date, all in one transaction: PostgreSQL rolls DDL back too, so a failing migration leaves
 * what was there. The advisory lock lets any number of processes start at once; the first does the work.
 * @throws AppError `conflict` when an applied migration was edited, or the database is newer than this program
 */
export async function migrate(
  db: Kysely<Database>,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(tx);
    await sql`create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`.execute(tx);
    const rows = await sql<{ name: string; checksum: string }>`
      select name, checksum from schema_migrations order by name`.execute(tx);
    const applied = new Map(rows.rows.map((row) => [row.name, row.checksum]));
    refuseForeignHistory(applied, migrations);

    const fresh = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of fresh) await apply(tx, migration);
    await layStateChecks(tx);
    return fresh.map((migration) => migration.name);
  });
}

async function apply(tx: Transaction<Database>, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await sql.raw(statement).execute(tx);
  await sql`insert into schema_migrations (name, checksum)
    values (${migration.name}, ${checksumOf(migration)})`.execute(tx);
}

function refuseForeignHistory(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, checksumOf(migration)]));
  for (const [name, checksum] of applied) {
    const expected = known.get(name);
    if (expected === undefined) {
      throw new AppError(
        'conflict',
        `The database has migration ${name}, which this version of Diecast does not know; start a newer version.`,
      );
    }
    if (expected !== checksum) {
      throw new AppError(
        'conflict',
        `Migration ${name} was edited after it was applied; restore its text and add a new migration instead.`,
      );
    }
  }
}
