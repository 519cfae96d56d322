import type { Selectable } from 'kysely';
import type { ErrorRecord, Json, Operation, OperationStep, Progress, ResourceRef } from '@diecast/model';
import type { OperationStepTable, OperationTable } from '../database/schema.js';
import type { Change, Reads } from '../database/session.js';

const toStep = (row: Selectable<OperationStepTable>): OperationStep => ({
  name: row.name,
  status: row.status,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  error: (row.status === 'undoFailed' ? row.undo_error : row.error) as ErrorRecord | null,
});

function toOperation(row: Selectable<OperationTable>, steps: readonly OperationStep[]): Operation {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    input: row.input as Json,
    progress: row.progress as Progress,
    steps,
    resources: row.resources as readonly ResourceRef[],
    result: row.result as Json,
    error: row.error as ErrorRecord | null,
    mayCancel: row.may_cancel,
    cancelRequested: row.cancel_requested,
    parentId: row.parent_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

/** Rows of `operations` with their steps, in the order of the rows. */
export async function withSteps(
  db: Reads,
  rows: readonly Selectable<OperationTable>[],
): Promise<readonly Operation[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const steps = await db
    .selectFrom('operation_steps')
    .selectAll()
    .where('operation_id', 'in', ids)
    .orderBy('position')
    .execute();
  const stepsOf = Map.groupBy(steps, (step) => step.operation_id);
  return rows.map((row) => toOperation(row, (stepsOf.get(row.id) ?? []).map(toStep)));
}

export async function findOperation(db: Reads, id: string): Promise<Operation | undefined> {
  const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
  return row && (await withSteps(db, [row]))[0];
}

/** Tells the whole operation as it is now, so that a watcher needs no second request. */
export async function tellOperation(change: Change, id: string): Promise<Operation | undefined> {
  const operation = await findOperation(change.db, id);
  if (!operation) return undefined;
  change.tell({
    type: 'operation.changed',
    resource: { type: 'operation', id },
    // Dates become ISO 8601 text, as in every answer of the API.
    data: JSON.parse(JSON.stringify(operation)) as Json,
  });
  return operation;
}
