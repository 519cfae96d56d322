import { sql, type Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { AppError, isOperationOver, operationLocks, OPERATION_KINDS, type Operation } from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import type { Database } from '../database/schema.js';
import { json, type Change, type Session } from '../database/session.js';
import type { NewOperation, OperationQueries } from '../store.js';
import { endedCasts, openOperations } from './open-operations.js';
import { findOperation, tellOperation, withSteps } from './operation-rows.js';
import { freeLocks, otherAt, runnableOperations } from './turns.js';

const unknownOperation = (id: string): AppError => new AppError('not_found', `There is no operation ${id}.`);

/** In the caller's transaction. A child with the same key is found, not made again. */
export async function insertOperation(change: Change, wanted: NewOperation): Promise<Operation> {
  const runsAs = OPERATION_KINDS[wanted.kind];
  // Who asks knows the kind's input; here it is JSON.
  const locks = operationLocks(wanted.kind, wanted.input as never);
  const row = await change.db
    .insertInto('operations')
    .values({
      id: uuidv7(),
      kind: wanted.kind,
      runs_as: runsAs,
      // A loop is always at work on what it drives; a flow waits for a worker.
      status: runsAs === 'flow' ? 'pending' : 'running',
      started_at: runsAs === 'flow' ? null : sql<Date>`now()`,
      input: json(wanted.input),
      resources: json(wanted.resources),
      // What a loop drives is not cancelled but declared otherwise, or rolled back.
      may_cancel: runsAs === 'flow',
      parent_id: wanted.parentId ?? null,
      child_key: wanted.childKey ?? null,
      created_by: wanted.createdBy,
      wanted_locks: [...new Set(locks)].sort(),
    })
    .onConflict((conflict) =>
      conflict.columns(['parent_id', 'child_key']).where('parent_id', 'is not', null).doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  if (row) {
    const made = await tellOperation(change, row.id);
    if (made) return made;
  }
  const earlier = await change.db
    .selectFrom('operations')
    .selectAll()
    .where('parent_id', '=', wanted.parentId ?? null)
    .where('child_key', '=', wanted.childKey ?? null)
    .executeTakeFirst();
  const [found] = earlier ? await withSteps(change.db, [earlier]) : [];
  if (!found) throw new AppError('internal', 'An operation was neither inserted nor found.');
  return found;
}

export function operationQueries(session: Session): OperationQueries {
  const require = async (id: string): Promise<Operation> => {
    const operation = await findOperation(session.db, id);
    if (!operation) throw unknownOperation(id);
    return operation;
  };

  return {
    insert: (operation) => session.change((change) => insertOperation(change, operation)),
    find: (id) => findOperation(session.db, id),
    require,

    async list(filter) {
      const limit = limitOf(filter);
      const after = decodeCursor(filter?.cursor, ['date', 'uuid']);
      let query = session.db
        .selectFrom('operations')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (filter?.status !== undefined) query = query.where('status', '=', filter.status);
      if (filter?.kind !== undefined) query = query.where('kind', '=', filter.kind);
      if (filter?.resource !== undefined) {
        query = query.where(sql<boolean>`resources @> ${json([filter.resource])}`);
      }
      if (after) {
        query = query.where(sql<boolean>`(created_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
      }
      const page = toPage(
        await query.execute(),
        limit,
        (row) => row,
        (row) => [row.created_at.toISOString(), row.id],
      );
      return { items: await withSteps(session.db, page.items), nextCursor: page.nextCursor };
    },

    open: () => openOperations(session.db),
    endedCasts: (service, limit) => endedCasts(session.db, service, limit),

    requireTurn: (id) => session.change((change) => requireTurn(change, id)),

    requestCancel: (id) => session.change((change) => requestCancel(change, id)),

    retry: (id) =>
      session.change(async (change) => {
        await requireStuck(change.db, id);
        await renewAttempts(change.db, id);
        await change.db
          .updateTable('operations')
          .set({ status: 'running', error: json(null), finished_at: null, lease_until: null })
          .where('id', '=', id)
          .execute();
        return (await tellOperation(change, id)) ?? require(id);
      }),

    abandon: (id) =>
      session.change(async (change) => {
        await requireStuck(change.db, id);
        await change.db
          .updateTable('operations')
          .set({ status: 'failed', finished_at: sql<Date>`now()`, may_cancel: false })
          .where('id', '=', id)
          .execute();
        await freeLocks(change.db, id);
        return (await tellOperation(change, id)) ?? require(id);
      }),

    runnable: (limit, limits) => runnableOperations(session.db, limit, limits),
  };
}

/**
 * On the way back only the undo begins anew, since what failed for good stays failed. Intents without outcome stay,
 * so that the step looks before it acts.
 */
async function renewAttempts(db: Kysely<Database>, id: string): Promise<void> {
  const undoing = await db
    .selectFrom('operation_steps')
    .select('name')
    .where('operation_id', '=', id)
    .where('status', 'in', ['undoing', 'undone', 'undoFailed'])
    .limit(1)
    .executeTakeFirst();
  await db
    .updateTable('operation_steps')
    .set(undoing ? { undo_failures: 0, undo_retry: null } : { failures: 0, retry: null })
    .where('operation_id', '=', id)
    .execute();
}

/** In the transaction that inserted it, so that it is as if it had never been asked for. */
async function requireTurn({ db }: Change, id: string): Promise<void> {
  const other = await otherAt(db, id);
  if (other === undefined) return;
  const { lock, holder, kind } = other;
  throw new AppError('busy', `Operation ${holder} (${kind}) is at work on ${lock.replace(':', ' ')}.`, {
    details: { operation: holder, kind, lock },
  });
}

async function requireStuck(db: Kysely<Database>, id: string): Promise<void> {
  const row = await db
    .selectFrom('operations')
    .select('status')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw unknownOperation(id);
  if (row.status === 'stuck') return;
  throw new AppError(
    'conflict',
    `Operation ${id} is ${row.status}; only a stuck one is retried or abandoned.`,
  );
}

/** What a worker listens to for the operation that it runs. */
export const cancelTopic = (id: string): string => `cancel:${id}`;

/** In the caller's transaction; goes down to the children, of which those that are past their pivot are left alone. */
export async function requestCancel(change: Change, id: string): Promise<Operation> {
  const row = await change.db
    .selectFrom('operations')
    .select(['status', 'started_at', 'may_cancel', 'cancel_requested', 'kind'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw unknownOperation(id);
  if (isOperationOver(row.status)) {
    throw new AppError('conflict', `Operation ${id} is over: it ${describeEnd(row.status)}.`);
  }
  if (row.status === 'stuck') {
    throw new AppError('conflict', `Operation ${id} is stuck: retry or abandon it.`);
  }
  if (!row.may_cancel) {
    const reason =
      OPERATION_KINDS[row.kind] === 'controller'
        ? 'declare what you want instead, or roll back'
        : 'it has passed the point from which there is only forward';
    throw new AppError('conflict', `Operation ${id} can no longer be cancelled: ${reason}.`);
  }
  const neverStarted = row.status === 'pending' && row.started_at === null;
  if (neverStarted) {
    await change.db
      .updateTable('operations')
      .set({
        cancel_requested: true,
        status: 'cancelled',
        may_cancel: false,
        finished_at: sql<Date>`now()`,
        error: json({ code: 'cancelled', message: 'It was cancelled before it began.' }),
      })
      .where('id', '=', id)
      .execute();
  } else if (!row.cancel_requested) {
    await change.db.updateTable('operations').set({ cancel_requested: true }).where('id', '=', id).execute();
  }
  await cancelChildren(change, id);
  change.wake(cancelTopic(id));
  const operation = await tellOperation(change, id);
  if (!operation) throw unknownOperation(id);
  return operation;
}

export async function cancelChildren(change: Change, parentId: string): Promise<void> {
  const children = await change.db
    .selectFrom('operations')
    .select('id')
    .where('parent_id', '=', parentId)
    .where('status', 'in', ['pending', 'running'])
    .where('may_cancel', '=', true)
    .where('cancel_requested', '=', false)
    .orderBy('id')
    .execute();
  for (const child of children) {
    try {
      await requestCancel(change, child.id);
    } catch (error) {
      // It ended, or passed its pivot, between the two statements: then there is nothing to cancel.
      if (!(error instanceof AppError && error.code === 'conflict')) throw error;
    }
  }
}

const describeEnd = (status: Operation['status']): string =>
  status === 'cancelled' ? 'was cancelled' : status === 'failed' ? 'failed' : 'succeeded';
