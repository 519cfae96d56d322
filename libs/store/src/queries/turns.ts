import { sql, type Kysely } from 'kysely';
import type { OperationKind } from '@diecast/model';
import type { Limits } from '@diecast/operations';
import type { Database } from '../database/schema.js';
import { lockName, type Reads } from '../database/session.js';

/** Of an operation: what a parent holds, it holds for its children too. */
const ancestorsOf = (operation: string) => sql`(
  with recursive ancestors as (
    select ${sql.ref(`${operation}.parent_id`)} as id
    union all
    select p.parent_id from operations p join ancestors a on p.id = a.id
  )
  select id from ancestors where id is not null
)`;

/** Pairs `l` of the locks that an operation wants and of who holds them against it. */
const locksAgainst = (operation: string) => sql`
  unnest(${sql.ref(`${operation}.wanted_locks`)}) as wanted (name) join operation_locks l on l.name = wanted.name
    and l.operation_id <> ${sql.ref(`${operation}.id`)} and l.operation_id not in ${ancestorsOf(operation)}`;

/**
 * Whether `e` stands in a line: nothing but a worker keeps it from beginning. One that waits for something else lets
 * others by, because what it waits for may need them.
 */
const standsInLine = sql`
  e.status = 'pending' and e.runs_as = 'flow' and not exists (select 1 from ${locksAgainst('e')})`;

/** Burdens of hosts: what the log says of steps that have begun and have no outcome. */
const BURDENS = sql`
  select unnest(s.burdens) as host, s.operation_id from operation_steps s
  where s.status in ('running', 'undoing') and s.burdens <> '{}'`;

/** A host that `o` waits for has no room left. */
const hasNoRoom = (perHost: number) => sql`exists (
  select 1 from unnest(o.wanted_hosts) as wanted (host)
  where (select count(*) from (${BURDENS}) b where b.host = wanted.host and b.operation_id <> o.id) >= ${perHost})`;

type Other = { readonly lock: string; readonly holder: string };

/**
 * Who holds one of the operation's wanted locks against it, or was asked for earlier and stands in line before it, if anybody.
 * Children stand behind nobody: their parent is at work already.
 */
export async function whoIsBefore(
  db: Kysely<Database>,
  id: string,
  locks: readonly string[],
): Promise<Other | undefined> {
  const held = await sql<Other>`
    select l.name as lock, l.operation_id as holder
    from operations o cross join lateral (select l.name, l.operation_id from ${locksAgainst('o')}) l
    where o.id = ${id}::uuid order by l.name limit 1`.execute(db);
  if (held.rows[0] !== undefined) return held.rows[0];
  // The locks are given once more, for the index of lines.
  const ahead = await sql<Other>`
    select (select min(name) from unnest(e.wanted_locks) as name where name = any (o.wanted_locks)) as lock,
      e.id as holder
    from operations o, operations e
    where o.id = ${id}::uuid and o.parent_id is null and o.status = 'pending'
      and e.wanted_locks && ${locks}::text[] and (e.created_at, e.id) < (o.created_at, o.id) and ${standsInLine}
    order by e.created_at, e.id limit 1`.execute(db);
  return ahead.rows[0];
}

/**
 * Who else is at work on what the operation wants alone, waits for that, or stands stuck with it. Two that ask at the same
 * moment see each other: whoever is second in the lock of the name.
 */
export async function otherAt(
  db: Kysely<Database>,
  id: string,
): Promise<(Other & { readonly kind: OperationKind }) | undefined> {
  const locks = await lockWanted(db, id);
  const rows = await sql<Other & { kind: OperationKind }>`
    select (select min(name) from unnest(e.wanted_locks) as name where name = any (${locks}::text[])) as lock,
      e.id as holder, e.kind
    from operations e
    where e.id <> ${id}::uuid and e.wanted_locks && ${locks}::text[]
      and e.status in ('pending', 'running', 'stuck')
    order by e.created_at, e.id limit 1`.execute(db);
  return rows.rows[0];
}

/** In the same order everywhere, before any row, so that two who want the same things never wait for each other. */
export async function lockWanted(db: Kysely<Database>, id: string): Promise<readonly string[]> {
  const row = await db
    .selectFrom('operations')
    .select('wanted_locks')
    .where('id', '=', id)
    .executeTakeFirst();
  const locks = row?.wanted_locks ?? [];
  for (const name of locks) await lockName(db, `operation-lock:${name}`);
  return locks;
}

/** Whether another one of those that nobody's step has started may begin. Held until the end of the transaction. */
export async function hasRoomInCluster(db: Kysely<Database>, limit: number): Promise<boolean> {
  await lockName(db, 'operations-in-cluster');
  const row = await db
    .selectFrom('operations')
    .select(sql<number>`count(*)::int`.as('running'))
    .where('runs_as', '=', 'flow')
    .where('status', '=', 'running')
    .where('parent_id', 'is', null)
    .executeTakeFirstOrThrow();
  return row.running < limit;
}

/** Whether the operation may burden all of these hosts. Held until the end of the transaction. */
export async function hasRoomOnHosts(
  db: Kysely<Database>,
  id: string,
  hosts: readonly string[],
  perHost: number,
): Promise<boolean> {
  for (const host of hosts.toSorted()) await lockName(db, `host-burdens:${host}`);
  const full = await sql`
    select host from (${BURDENS}) b where host = any (${hosts}) and operation_id <> ${id}::uuid
    group by host having count(*) >= ${perHost} limit 1`.execute(db);
  return full.rows.length === 0;
}

export async function freeLocks(db: Kysely<Database>, id: string): Promise<void> {
  await db.deleteFrom('operation_locks').where('operation_id', '=', id).execute();
}

/** Those that should be running and are not, and whose turn it is; oldest first. */
export async function runnableOperations(
  db: Reads,
  limit: number,
  { cluster, perHost }: Limits = {},
): Promise<readonly string[]> {
  const roomOnHosts =
    perHost === undefined ? sql`true` : sql`(o.cancel_requested or not ${hasNoRoom(perHost)})`;
  const begun = sql`o.status = 'running' or o.parent_id is not null`;
  const roomInCluster =
    cluster === undefined
      ? sql`true`
      : sql`${begun} or rank <= ${cluster} - (select count(*) from operations r
          where r.runs_as = 'flow' and r.status = 'running' and r.parent_id is null)`;
  const rows = await sql<{ id: string }>`
    with free as materialized (
      select o.id, o.created_at, o.status, o.parent_id, o.wanted_locks, o.wanted_hosts, o.cancel_requested
      from operations o
      where o.runs_as = 'flow' and o.status in ('pending', 'running')
        and (o.lease_until is null or o.lease_until < clock_timestamp())
        and not exists (select 1 from ${locksAgainst('o')})
    ), heads as materialized (
      select distinct on (name) name, f.id from free f, unnest(f.wanted_locks) as name
      where f.status = 'pending' order by name, f.created_at, f.id
    )
    select id from (
      select o.id, o.created_at, o.status, o.parent_id,
        row_number() over (partition by ${begun} order by o.created_at, o.id) as rank
      from free o
      where (${begun} or not exists (
          select 1 from unnest(o.wanted_locks) as wanted (name) join heads h on h.name = wanted.name and h.id <> o.id))
        and ${roomOnHosts}
    ) o
    where ${roomInCluster}
    order by created_at, id limit ${limit}`.execute(db);
  return rows.rows.map((row) => row.id);
}
