import { sql, type Kysely, type Selectable } from 'kysely';
import {
  AppError,
  INSTANCE_STATES,
  isInstanceLive,
  requireTransition,
  type Instance,
  type InstanceStatus,
} from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import type { Database, InstanceTable } from '../database/schema.js';
import type { Change, Session } from '../database/session.js';
import type { InstanceQueries } from '../store.js';
import { takeAddress, takeMemory } from './reservations.js';

const LIVE = Object.keys(INSTANCE_STATES)
  .map((status) => status as InstanceStatus)
  .filter(isInstanceLive);

/** What the model says for the database's null. */
const NO_ITERATION = 0;

const toInstance = (row: Selectable<InstanceTable>): Instance => ({
  id: row.id,
  service: row.service,
  iteration: row.iteration ?? NO_ITERATION,
  host: row.host,
  status: row.status,
  statusReason: row.status_reason,
  generation: row.generation,
  address: row.address,
  mac: row.mac,
  healthy: row.healthy,
  inTraffic: row.in_traffic,
  restoredFrom: row.restored_from,
  activeLayer: row.active_layer,
  createdAt: row.created_at,
  assembledAt: row.assembled_at,
  availableAt: row.available_at,
  inTrafficAt: row.in_traffic_at,
  drainedAt: row.drained_at,
  standbyAt: row.standby_at,
  endedAt: row.ended_at,
  served:
    row.served_requests === null
      ? null
      : { requests: row.served_requests, failures: row.served_failures ?? 0 },
});

const unknownInstance = (id: string): AppError => new AppError('not_found', `There is no instance ${id}.`);

function tellInstance(change: Change, instance: Instance): void {
  // A Date is JSON by itself, as ISO 8601.
  const data = Object.fromEntries(
    Object.entries(instance).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  );
  change.tell({ type: 'instance.changed', resource: { type: 'instance', id: instance.id }, data });
}

export function instanceQueries(session: Session): InstanceQueries {
  const find = async (id: string): Promise<Instance | undefined> => {
    const row = await session.db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toInstance(row);
  };

  return {
    reserve: (wanted) =>
      session.change(async (change) => {
        const present = await change.db
          .selectFrom('instances')
          .selectAll()
          .where('id', '=', wanted.id)
          .executeTakeFirst();
        if (present?.reserved) return toInstance(present);
        if (present) throw new AppError('already_exists', `Instance ${wanted.id} existed and was released.`);

        await takeMemory(change.db, wanted);
        const address = wanted.range && (await takeAddress(change.db, wanted.range));
        const row = await change.db
          .insertInto('instances')
          .values({
            id: wanted.id,
            service: wanted.service,
            iteration: wanted.iteration === NO_ITERATION ? null : wanted.iteration,
            host: wanted.host,
            status: 'pending',
            mac: wanted.mac,
            memory_mib: wanted.memoryMiB,
            network: wanted.range?.network ?? null,
            address,
            restored_from: wanted.restoredFrom ?? null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        tellInstance(change, toInstance(row));
        return toInstance(row);
      }),

    find,

    async require(id) {
      const instance = await find(id);
      if (!instance) throw unknownInstance(id);
      return instance;
    },

    async list(filter) {
      const limit = limitOf(filter);
      const after = decodeCursor(filter?.cursor, ['date', 'uuid']);
      let query = session.db
        .selectFrom('instances')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (filter?.service !== undefined) query = query.where('service', '=', filter.service);
      if (filter?.host !== undefined) query = query.where('host', '=', filter.host);
      if (filter?.status !== undefined) query = query.where('status', '=', filter.status);
      if (after) {
        query = query.where(sql<boolean>`(created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
      }
      return toPage(await query.execute(), limit, toInstance, (row) => [
        row.created_at.toISOString(),
        row.id,
      ]);
    },

    async live(filter) {
      let query = session.db
        .selectFrom('instances')
        .selectAll()
        .where('status', 'in', LIVE)
        .orderBy('created_at')
        .orderBy('id');
      if (filter?.service !== undefined) query = query.where('service', '=', filter.service);
      if (filter?.host !== undefined) query = query.where('host', '=', filter.host);
      return (await query.execute()).map(toInstance);
    },

    async reserved(filter) {
      let query = session.db
        .selectFrom('instances')
        .selectAll()
        .where('reserved', '=', true)
        .orderBy('created_at')
        .orderBy('id');
      if (filter?.service !== undefined) query = query.where('service', '=', filter.service);
      if (filter?.host !== undefined) query = query.where('host', '=', filter.host);
      return (await query.execute()).map(toInstance);
    },

    recordHealth: (id, healthy) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('instances')
          .set({ healthy })
          .where('id', '=', id)
          .where('status', '=', 'available')
          .where('healthy', '<>', healthy)
          .returningAll()
          .executeTakeFirst();
        if (row) tellInstance(change, toInstance(row));
      }),

    setStatus: (id, status, reason) =>
      session.change(async (change) => {
        const current = await change.db
          .selectFrom('instances')
          .select('status')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        if (!current) throw unknownInstance(id);
        if (current.status !== status) {
          requireTransition(INSTANCE_STATES, `Instance ${id}`, current.status, status);
        }
        const row = await change.db
          .updateTable('instances')
          .set({
            status,
            status_reason: reason,
            ...(status === 'standby' ? { standby_at: sql<Date>`coalesce(standby_at, now())` } : {}),
            ...(status === 'available' ? { standby_at: null } : {}),
            ...(status === 'validating' ? { assembled_at: sql<Date>`coalesce(assembled_at, now())` } : {}),
            ...(status === 'available' ? { available_at: sql<Date>`coalesce(available_at, now())` } : {}),
            ...(isInstanceLive(status)
              ? {}
              : { ended_at: sql<Date>`coalesce(ended_at, now())`, healthy: false }),
          })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        tellInstance(change, toInstance(row));
        return toInstance(row);
      }),

    update: (id, wanted) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('instances')
          .set({
            // Nothing to set is no valid SQL; this sets what is there.
            id,
            ...(wanted.host === undefined ? {} : { host: wanted.host }),
            ...(wanted.generation === undefined ? {} : { generation: wanted.generation }),
            ...(wanted.address === undefined ? {} : { address: wanted.address }),
            ...(wanted.healthy === undefined ? {} : { healthy: wanted.healthy }),
            ...(wanted.inTraffic === undefined ? {} : trafficColumns(wanted.inTraffic)),
            ...(wanted.activeLayer === undefined ? {} : { active_layer: wanted.activeLayer }),
            ...(wanted.availableAt === undefined ? {} : { available_at: wanted.availableAt }),
          })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (!row) throw unknownInstance(id);
        tellInstance(change, toInstance(row));
        return toInstance(row);
      }),

    recordServed: (id, { requests, failures }) =>
      session.change(async ({ db }) => {
        const goesOn = sql<boolean>`(counted_requests <= ${requests} and counted_failures <= ${failures})`;
        const since = (counted: 'counted_requests' | 'counted_failures') =>
          sql<number>`case when ${goesOn} then ${sql.ref(counted)} else 0 end`;
        await db
          .updateTable('instances')
          .set({
            served_requests: sql<number>`coalesce(served_requests, 0) + ${requests} - ${since('counted_requests')}`,
            served_failures: sql<number>`coalesce(served_failures, 0) + ${failures} - ${since('counted_failures')}`,
            counted_requests: requests,
            counted_failures: failures,
          })
          .where('id', '=', id)
          .execute();
      }),

    beginMove: (id, host) =>
      session.change(async (change) => {
        const { memory_mib: memoryMiB } = await requireRow(change.db, id);
        await change.db.updateTable('instances').set({ moving_to: null }).where('id', '=', id).execute();
        await takeMemory(change.db, { host, memoryMiB });
        await change.db.updateTable('instances').set({ moving_to: host }).where('id', '=', id).execute();
      }),

    endMove: (id, arrived) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('instances')
          .set({ moving_to: null, ...arrived })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (!row) throw unknownInstance(id);
        if (arrived !== undefined) tellInstance(change, toInstance(row));
      }),

    release: (id) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('instances')
          .set({ reserved: false, in_traffic: false, moving_to: null })
          .where('id', '=', id)
          .where('reserved', '=', true)
          .returningAll()
          .executeTakeFirst();
        if (row) tellInstance(change, toInstance(row));
      }),

    async load() {
      // A machine that moves counts on both hosts.
      const { rows } = await sql<{ host: string; memory: number; count: number }>`
        select h.name as host, sum(n.memory_mib)::int as memory, count(*)::int as count
        from instances n join hosts h on h.name in (n.host, n.moving_to)
        where n.reserved group by h.name order by h.name`.execute(session.db);
      return rows.map((row) => ({ host: row.host, memoryMiB: row.memory, instances: row.count }));
    },
  };
}

/** Of its last time in traffic; whoever comes back is counted from 0. */
const trafficColumns = (inTraffic: boolean) =>
  inTraffic
    ? {
        in_traffic: true,
        in_traffic_at: sql<Date>`case when in_traffic then in_traffic_at else now() end`,
        drained_at: null,
      }
    : {
        in_traffic: false,
        drained_at: sql<Date>`case when in_traffic then now() else drained_at end`,
        counted_requests: 0,
        counted_failures: 0,
      };

async function requireRow(db: Kysely<Database>, id: string): Promise<Selectable<InstanceTable>> {
  const row = await db
    .selectFrom('instances')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw unknownInstance(id);
  return row;
}
