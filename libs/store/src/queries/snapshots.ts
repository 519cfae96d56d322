import { sql, type Selectable } from 'kysely';
import { AppError, requireTransition, SNAPSHOT_STATES, type Snapshot } from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import type { SnapshotTable } from '../database/schema.js';
import type { Change, Session } from '../database/session.js';
import type { SnapshotQueries } from '../store.js';

const toSnapshot = (row: Selectable<SnapshotTable>): Snapshot => ({
  id: row.id,
  instanceId: row.instance_id,
  service: row.service,
  iteration: row.iteration,
  host: row.host,
  name: row.name,
  withMemory: row.with_memory,
  status: row.status,
  statusReason: row.status_reason,
  quiesce: row.quiesce,
  pauseMilliseconds: row.pause_milliseconds,
  layer: row.layer,
  memoryFile: row.memory_file,
  sizeBytes: row.size_bytes,
  createdAt: row.created_at,
});

const unknownSnapshot = (id: string): AppError => new AppError('not_found', `There is no snapshot ${id}.`);

function tellSnapshot(change: Change, snapshot: Snapshot): void {
  change.tell({
    type: 'snapshot.changed',
    resource: { type: 'snapshot', id: snapshot.id },
    data: { ...snapshot, createdAt: snapshot.createdAt.toISOString() },
  });
}

export function snapshotQueries(session: Session): SnapshotQueries {
  const find = async (id: string): Promise<Snapshot | undefined> => {
    const row = await session.db.selectFrom('snapshots').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toSnapshot(row);
  };

  return {
    insert: (snapshot) =>
      session.change(async (change) => {
        const row = await change.db
          .insertInto('snapshots')
          .values({
            id: snapshot.id,
            instance_id: snapshot.instanceId,
            service: snapshot.service,
            iteration: snapshot.iteration,
            host: snapshot.host,
            name: snapshot.name,
            with_memory: snapshot.withMemory,
            status: 'creating',
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) throw new AppError('already_exists', `Snapshot ${snapshot.id} exists already.`);
        tellSnapshot(change, toSnapshot(row));
        return toSnapshot(row);
      }),

    find,

    async require(id) {
      const snapshot = await find(id);
      if (!snapshot) throw unknownSnapshot(id);
      return snapshot;
    },

    async list(page) {
      const limit = limitOf(page);
      const after = decodeCursor(page?.cursor, ['date', 'uuid']);
      let query = session.db
        .selectFrom('snapshots')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (page?.instanceId !== undefined) query = query.where('instance_id', '=', page.instanceId);
      if (after) {
        query = query.where(sql<boolean>`(created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
      }
      return toPage(await query.execute(), limit, toSnapshot, (row) => [
        row.created_at.toISOString(),
        row.id,
      ]);
    },

    async kept(service) {
      const rows = await session.db
        .selectFrom('snapshots')
        .selectAll()
        .where('service', '=', service)
        .where('status', 'not in', ['failed', 'deleted'])
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(toSnapshot);
    },

    setStatus: (id, status, reason) =>
      session.change(async (change) => {
        const current = await change.db
          .selectFrom('snapshots')
          .select('status')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        if (!current) throw unknownSnapshot(id);
        if (current.status !== status) {
          requireTransition(SNAPSHOT_STATES, `Snapshot ${id}`, current.status, status);
        }
        const row = await change.db
          .updateTable('snapshots')
          .set({ status, status_reason: reason })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow();
        tellSnapshot(change, toSnapshot(row));
        return toSnapshot(row);
      }),

    recordResult: (id, result) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('snapshots')
          .set({
            id,
            ...(result.quiesce === undefined ? {} : { quiesce: result.quiesce }),
            ...(result.pauseMilliseconds === undefined
              ? {}
              : { pause_milliseconds: result.pauseMilliseconds }),
            ...(result.layer === undefined ? {} : { layer: result.layer }),
            ...(result.memoryFile === undefined ? {} : { memory_file: result.memoryFile }),
            ...(result.sizeBytes === undefined ? {} : { size_bytes: result.sizeBytes }),
          })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (!row) throw unknownSnapshot(id);
        tellSnapshot(change, toSnapshot(row));
      }),
  };
}
