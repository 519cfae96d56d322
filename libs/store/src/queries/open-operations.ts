import { sql } from 'kysely';
import type { ErrorRecord, Json, ResourceRef } from '@diecast/model';
import { json, type Reads } from '../database/session.js';
import type { EndedCast, OpenOperation } from '../store.js';

/** The partial index holds those that run; stuck ones are few. */
export async function openOperations(db: Reads): Promise<readonly OpenOperation[]> {
  const rows = await db
    .selectFrom('operations')
    .select([
      'id',
      'kind',
      'status',
      'input',
      'resources',
      'parent_id',
      'may_cancel',
      'cancel_requested',
      'created_at',
    ])
    .where('runs_as', '=', 'flow')
    .where('status', 'in', ['pending', 'running', 'stuck'])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    status: row.status as OpenOperation['status'],
    input: row.input as Json,
    resources: row.resources as readonly ResourceRef[],
    parentId: row.parent_id,
    mayCancel: row.may_cancel,
    cancelRequested: row.cancel_requested,
    createdAt: row.created_at,
  }));
}

export async function endedCasts(db: Reads, service: string, limit: number): Promise<readonly EndedCast[]> {
  const rows = await db
    .selectFrom('operations')
    .select(['status', 'error', 'finished_at', sql<number>`(input ->> 'iteration')::int`.as('iteration')])
    .where('kind', '=', 'instance.create')
    .where('status', 'in', ['succeeded', 'failed', 'cancelled'])
    .where(sql<boolean>`resources @> ${json([{ type: 'service', id: service }])}`)
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    iteration: row.iteration,
    status: row.status as EndedCast['status'],
    error: row.error as ErrorRecord | null,
    finishedAt: row.finished_at ?? new Date(0),
  }));
}
