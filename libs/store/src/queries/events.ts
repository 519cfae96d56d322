import { sql } from 'kysely';
import { AppError, type Event, type Json } from '@diecast/model';
import type { Notifier } from '../database/notifier.js';
import type { Reads, Session } from '../database/session.js';
import type { EventQueries } from '../store.js';

const EVENT_ID = /^(0|[1-9]\d{0,18})$/;

export function eventQueries(session: Session, notifier: Notifier): EventQueries {
  return {
    append: (event) =>
      session.change(async (change) => {
        change.tell(event);
      }),

    async after(id, filter) {
      if (id !== null && !EVENT_ID.test(id)) {
        throw new AppError('invalid', 'An event id is a decimal number.', {
          errors: [{ path: 'Last-Event-ID', message: 'must be the id of an event' }],
        });
      }
      let query = session.db
        .selectFrom('events')
        .select([sql<string>`id::text`.as('id'), 'at', 'type', 'resource_type', 'resource_id', 'data'])
        .where(sql<boolean>`id > ${id ?? '0'}::bigint`)
        .orderBy('events.id')
        .limit(filter.limit);
      if (filter.operationId === undefined) await refuseGap(session.db, id ?? '0');
      else {
        query = query.where('resource_type', '=', 'operation').where('resource_id', '=', filter.operationId);
      }
      const rows = await query.execute();
      return rows.map((row) => ({
        id: row.id,
        at: row.at,
        type: row.type,
        resource: { type: row.resource_type as Event['resource']['type'], id: row.resource_id },
        data: row.data as Json,
      }));
    },

    async latestId() {
      const row = await session.db
        .selectFrom('history')
        .select(sql<string>`greatest(pruned_through, (select max(id) from events))::text`.as('id'))
        .executeTakeFirstOrThrow();
      return row.id;
    },

    async wait(timeoutMs, signal, after) {
      if (after !== undefined && notifier.newest > BigInt(after)) return;
      await notifier.wait(timeoutMs, signal);
    },
  };
}

/** Of all events together; those of one operation go with it. @throws AppError `gone` */
async function refuseGap(db: Reads, after: string): Promise<void> {
  const gap = await db
    .selectFrom('history')
    .select(sql<string>`pruned_through::text`.as('through'))
    .where(sql<boolean>`pruned_through > ${after}::bigint`)
    .executeTakeFirst();
  if (gap === undefined) return;
  throw new AppError(
    'gone',
    `Events after ${after} are no longer all kept; they are whole after ${gap.through}.`,
    {
      details: { wholeAfter: gap.through },
    },
  );
}
