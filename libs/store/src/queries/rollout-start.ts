import { sql, type Kysely, type Selectable } from 'kysely';
import type { Finding, Operation, Rollout, RolloutNote, RolloutStage } from '@diecast/model';
import type { Database, RolloutTable } from '../database/schema.js';
import { json, type Change } from '../database/session.js';
import { tellOperation } from './operation-rows.js';
import { insertOperation } from './operations.js';

export const toRollout = (row: Selectable<RolloutTable>): Rollout => ({
  service: row.service,
  number: row.number,
  fromIteration: row.from_iteration,
  toIteration: row.to_iteration,
  trigger: row.trigger,
  status: row.status,
  statusReason: row.status_reason,
  operationId: row.operation_id,
  notes: row.notes as readonly RolloutNote[],
  stage: row.stage as RolloutStage | null,
  pausedAt: row.paused_at,
  resumedAt: row.resumed_at,
  promotions: row.promotions,
  findings: row.findings as readonly Finding[],
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

export const rolloutId = (service: string, number: number): string => `${service}/${number}`;

export function tellRollout(change: Change, rollout: Rollout): void {
  const { service, number, fromIteration, toIteration, trigger, status, statusReason, operationId } = rollout;
  const { stage, pausedAt, promotions } = rollout;
  change.tell({
    type: 'rollout.changed',
    resource: { type: 'rollout', id: rolloutId(service, number) },
    data: {
      service,
      number,
      fromIteration,
      toIteration,
      trigger,
      status,
      statusReason,
      operationId,
      stage,
      pausedAt: pausedAt?.toISOString() ?? null,
      promotions,
    },
  });
}

type Start = Pick<Rollout, 'service' | 'fromIteration' | 'toIteration' | 'trigger'> & {
  readonly createdBy: string;
};

/** The caller holds the service's name. One rollout of a service runs at a time: the newest. */
export async function startRollout(
  change: Change,
  start: Start,
): Promise<{ readonly rollout: Rollout; readonly operation: Operation }> {
  const newest = await change.db
    .selectFrom('rollouts')
    .select(sql<number>`coalesce(max(number), 0)::int`.as('number'))
    .where('service', '=', start.service)
    .executeTakeFirstOrThrow();
  const number = newest.number + 1;
  await endRunningRollout(change, start.service, `It was superseded by rollout ${number}.`, {
    supersededBy: number,
  });

  const { service, fromIteration, toIteration, trigger, createdBy } = start;
  const operation = await insertOperation(change, {
    kind: 'service.rollout',
    input: { service, rollout: number, fromIteration, toIteration, trigger },
    resources: [
      { type: 'service', id: service },
      { type: 'rollout', id: rolloutId(service, number) },
    ],
    createdBy,
  });
  const row = await change.db
    .insertInto('rollouts')
    .values({
      service,
      number,
      from_iteration: fromIteration,
      to_iteration: toIteration,
      trigger,
      status: 'running',
      operation_id: operation.id,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  tellRollout(change, toRollout(row));
  return { rollout: toRollout(row), operation };
}

/** What it was to bring about is no longer wanted. Does nothing when none runs. */
export async function endRunningRollout(
  change: Change,
  service: string,
  reason: string,
  details: Readonly<Record<string, number>> = {},
): Promise<void> {
  const row = await change.db
    .updateTable('rollouts')
    .set({ status: 'superseded', status_reason: reason, finished_at: sql<Date>`now()` })
    .where('service', '=', service)
    .where('status', '=', 'running')
    .returningAll()
    .executeTakeFirst();
  if (!row) return;
  tellRollout(change, toRollout(row));
  await endOperation(change.db, row.operation_id, 'cancelled', {
    error: { code: 'cancelled', message: reason, details },
  });
  await tellOperation(change, row.operation_id);
}

/** Of an operation that a loop drives: there is no lease. Ending it twice changes nothing. */
export async function endOperation(
  db: Kysely<Database>,
  id: string,
  status: 'succeeded' | 'failed' | 'cancelled',
  end: { readonly result?: unknown; readonly error?: unknown },
): Promise<void> {
  await db
    .updateTable('operations')
    .set({
      status,
      result: json(end.result),
      error: json(end.error),
      finished_at: sql<Date>`now()`,
      may_cancel: false,
      ...(status === 'succeeded' ? { progress: json({ percent: 100, message: 'Done.' }) } : {}),
    })
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'running'])
    .execute();
}
