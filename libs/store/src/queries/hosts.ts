import { sql, type Selectable } from 'kysely';
import {
  AppError,
  HOST_STATES,
  requireTransition,
  type Host,
  type HostFacts,
  type HostStatus,
} from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import type { HostTable } from '../database/schema.js';
import { json, type Change, type Reads, type Session } from '../database/session.js';
import type { HostQueries } from '../store.js';

const toHost = (row: Selectable<HostTable>): Host => ({
  name: row.name,
  uri: row.uri,
  migrationUri: row.migration_uri,
  status: row.status,
  statusReason: row.status_reason,
  facts: row.facts as HostFacts | null,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
});

const unknownHost = (name: string): AppError => new AppError('not_found', `There is no host ${name}.`);

function tellHost(change: Change, host: Host): void {
  change.tell({
    type: 'host.changed',
    resource: { type: 'host', id: host.name },
    data: { name: host.name, status: host.status, statusReason: host.statusReason },
  });
}

async function findHost(db: Reads, name: string): Promise<Host | undefined> {
  const row = await db.selectFrom('hosts').selectAll().where('name', '=', name).executeTakeFirst();
  return row && toHost(row);
}

async function requireHost(db: Reads, name: string): Promise<Host> {
  const host = await findHost(db, name);
  if (!host) throw unknownHost(name);
  return host;
}

export function hostQueries(session: Session): HostQueries {
  return {
    insert: (host) =>
      session.change(async (change) => {
        const row = await change.db
          .insertInto('hosts')
          .values({
            name: host.name,
            uri: host.uri,
            migration_uri: host.migrationUri,
            status: 'unreachable',
            facts: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) {
          throw new AppError(
            'already_exists',
            `A host named ${host.name} or with the URI ${host.uri} exists.`,
          );
        }
        tellHost(change, toHost(row));
        return toHost(row);
      }),

    find: (name) => findHost(session.db, name),
    require: (name) => requireHost(session.db, name),

    async list(page) {
      const limit = limitOf(page);
      const after = decodeCursor(page?.cursor, ['string']);
      let query = session.db
        .selectFrom('hosts')
        .selectAll()
        .orderBy('name')
        .limit(limit + 1);
      if (after) query = query.where('name', '>', String(after[0]));
      return toPage(await query.execute(), limit, toHost, (row) => [row.name]);
    },

    async all() {
      return (await session.db.selectFrom('hosts').selectAll().orderBy('name').execute()).map(toHost);
    },

    setStatus: (name, status, reason) =>
      session.change(async (change) => {
        const current = await change.db
          .selectFrom('hosts')
          .select(['status', 'status_reason'])
          .where('name', '=', name)
          .forUpdate()
          .executeTakeFirst();
        if (!current) throw unknownHost(name);
        if (current.status !== status) {
          requireTransition(HOST_STATES, `Host ${name}`, current.status, status);
        }
        const row = await change.db
          .updateTable('hosts')
          .set({
            status,
            status_reason: reason,
            ...(status === 'unreachable' && current.status !== status
              ? { status_before: current.status }
              : {}),
          })
          .where('name', '=', name)
          .returningAll()
          .executeTakeFirstOrThrow();
        const changed = current.status !== status || current.status_reason !== reason;
        if (changed) tellHost(change, toHost(row));
        return toHost(row);
      }),

    recordFacts: (name, facts) =>
      session.change(async (change) => {
        const result = await change.db
          .updateTable('hosts')
          .set({ facts: json(facts) })
          .where('name', '=', name)
          .executeTakeFirst();
        if (result.numUpdatedRows === 0n) throw unknownHost(name);
      }),

    recordSeen: (name, at, poolAvailableBytes) =>
      session.change(async (change) => {
        const room = sql`jsonb_set(facts, '{pool,availableBytes}', ${json(poolAvailableBytes)})`;
        await change.db
          .updateTable('hosts')
          .set({
            last_seen_at: at,
            // What is null (nobody has probed the host yet) stays null.
            ...(poolAvailableBytes === undefined ? {} : { facts: room }),
          })
          .where('name', '=', name)
          .execute();
      }),

    comeBack: (name) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('hosts')
          .set({ status: sql<HostStatus>`coalesce(status_before, 'ready')`, status_reason: null })
          .where('name', '=', name)
          .where('status', '=', 'unreachable')
          .returningAll()
          .executeTakeFirst();
        if (row) tellHost(change, toHost(row));
        return row ? toHost(row) : requireHost(change.db, name);
      }),

    delete: (name) =>
      session.change(async (change) => {
        const host = await change.db
          .selectFrom('hosts')
          .select('name')
          .where('name', '=', name)
          .forUpdate()
          .executeTakeFirst();
        if (!host) throw unknownHost(name);
        const users = await change.db
          .selectFrom('instances')
          .select('id')
          .where((of) => of.or([of('host', '=', name), of('moving_to', '=', name)]))
          .where('reserved', '=', true)
          .limit(20)
          .execute();
        if (users.length > 0) {
          const instances = users.map((user) => user.id);
          throw new AppError('in_use', `Host ${name} still has the instances ${instances.join(', ')}.`, {
            details: { instances },
          });
        }
        // History keeps the machines that ran there, without a host that nobody can find.
        await change.db.updateTable('instances').set({ host: null }).where('host', '=', name).execute();
        await change.db.deleteFrom('host_files').where('host', '=', name).execute();
        await change.db.deleteFrom('hosts').where('name', '=', name).execute();
        change.tell({ type: 'host.deleted', resource: { type: 'host', id: name }, data: { name } });
      }),
  };
}
