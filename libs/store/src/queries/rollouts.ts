import { sql, type UpdateObject } from 'kysely';
import {
  AppError,
  requireTransition,
  ROLLOUT_STATES,
  type Rollout,
  type RolloutStatus,
} from '@diecast/model';
import type { Database } from '../database/schema.js';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import { json, type Session } from '../database/session.js';
import type { RolloutQueries } from '../store.js';
import { tellOperation } from './operation-rows.js';
import { endOperation, rolloutId, tellRollout, toRollout } from './rollout-start.js';

const unknownRollout = (service: string, number: number): AppError =>
  new AppError('not_found', `Service ${service} has no rollout ${number}.`);

export function rolloutQueries(session: Session): RolloutQueries {
  const rollouts = (service: string) =>
    session.db.selectFrom('rollouts').selectAll().where('service', '=', service);

  return {
    async running(service) {
      const row = await rollouts(service).where('status', '=', 'running').executeTakeFirst();
      return row && toRollout(row);
    },

    async find(service, number) {
      const row = await rollouts(service).where('number', '=', number).executeTakeFirst();
      return row && toRollout(row);
    },

    async list(service, page) {
      const limit = limitOf(page);
      const after = decodeCursor(page?.cursor, ['number']);
      let query = rollouts(service)
        .orderBy('number', 'desc')
        .limit(limit + 1);
      if (after) query = query.where('number', '<', Number(after[0]));
      return toPage(await query.execute(), limit, toRollout, (row) => [row.number]);
    },

    addNotes: (service, number, notes) =>
      session.change(async (change) => {
        if (notes.length === 0) return;
        const row = await change.db
          .updateTable('rollouts')
          .set({ notes: sql`notes || ${json(notes)}` })
          .where('service', '=', service)
          .where('number', '=', number)
          .returning('operation_id')
          .executeTakeFirst();
        if (!row) throw unknownRollout(service, number);
        for (const note of notes) {
          change.tell({
            type: 'rollout.note',
            resource: { type: 'rollout', id: rolloutId(service, number) },
            data: { service, number, ...note },
          });
        }
      }),

    recordProgress: (service, number, progress) =>
      session.change(async (change) => {
        const rollout = await change.db
          .selectFrom('rollouts')
          .select('operation_id')
          .where('service', '=', service)
          .where('number', '=', number)
          .executeTakeFirst();
        if (!rollout) throw unknownRollout(service, number);
        const updated = await change.db
          .updateTable('operations')
          .set({ progress: json(progress) })
          .where('id', '=', rollout.operation_id)
          .where('status', '=', 'running')
          .where(sql<boolean>`progress is distinct from ${json(progress)}`)
          .returning('id')
          .executeTakeFirst();
        if (updated) await tellOperation(change, updated.id);
      }),

    recordStage: (service, number, stage) => steer(session, service, number, { stage: json(stage) }),
    pause: (service, number) =>
      steer(session, service, number, { paused_at: sql<Date>`coalesce(paused_at, now())` }),
    resume: (service, number) =>
      steer(session, service, number, {
        paused_at: null,
        resumed_at: sql<Date>`case when paused_at is null then resumed_at else now() end`,
      }),
    promote: (service, number) =>
      steer(session, service, number, { promotions: sql<number>`promotions + 1` }),
    recordFindings: (service, number, findings) =>
      steer(session, service, number, { findings: json(findings) }),

    finish: (service, number, status, reason, by) =>
      session.change(async (change) => {
        const current = await change.db
          .selectFrom('rollouts')
          .selectAll()
          .where('service', '=', service)
          .where('number', '=', number)
          .forUpdate()
          .executeTakeFirst();
        if (!current) throw unknownRollout(service, number);
        if (current.status === status) return;
        requireTransition(ROLLOUT_STATES, `Rollout ${number} of service ${service}`, current.status, status);
        const row = await change.db
          .updateTable('rollouts')
          .set({ status, status_reason: reason, finished_at: sql<Date>`now()` })
          .where('service', '=', service)
          .where('number', '=', number)
          .returningAll()
          .executeTakeFirstOrThrow();
        tellRollout(change, toRollout(row));

        const end = operationEnd(status, reason, by);
        await endOperation(change.db, row.operation_id, end.status, {
          result: { service, rollout: number, iteration: row.to_iteration, outcome: status },
          error: end.error,
        });
        await tellOperation(change, row.operation_id);
      }),
  };
}

/** @throws AppError `conflict` when it is over, `not_found` */
async function steer(
  session: Session,
  service: string,
  number: number,
  change: UpdateObject<Database, 'rollouts'>,
): Promise<Rollout> {
  return session.change(async (inside) => {
    const row = await inside.db
      .updateTable('rollouts')
      .set(change)
      .where('service', '=', service)
      .where('number', '=', number)
      .where('status', '=', 'running')
      .returningAll()
      .executeTakeFirst();
    if (row !== undefined) {
      tellRollout(inside, toRollout(row));
      return toRollout(row);
    }
    const ended = await inside.db
      .selectFrom('rollouts')
      .select('status')
      .where('service', '=', service)
      .where('number', '=', number)
      .executeTakeFirst();
    if (ended === undefined) throw unknownRollout(service, number);
    throw new AppError('conflict', `Rollout ${number} of service ${service} is over: it is ${ended.status}.`);
  });
}

/** What a client who watches the rollout's operation is told. */
function operationEnd(status: RolloutStatus, reason: string | null, by: 'gates' | 'person' = 'gates') {
  if (status === 'succeeded') return { status, error: null } as const;
  if (status === 'superseded') {
    return {
      status: 'cancelled',
      error: { code: 'cancelled', message: reason ?? 'It was superseded.' },
    } as const;
  }
  return {
    status: 'failed',
    error: {
      code: by === 'person' ? 'cancelled' : 'unhealthy',
      message: reason ?? (status === 'rolledBack' ? 'It was rolled back.' : 'It failed.'),
      details: { rollout: status },
    },
  } as const;
}
