import { sql, type Kysely } from 'kysely';
import { AppError, type ErrorRecord } from '@diecast/model';
import type { Lease, OperationJournal, StepRecord } from '@diecast/operations';
import type { Notifier } from '../database/notifier.js';
import type { Database } from '../database/schema.js';
import { json, type Change, type Session } from '../database/session.js';
import { acquire } from './acquire.js';
import { fromNow, lockLease } from './leases.js';
import { findOperation, tellOperation, withSteps } from './operation-rows.js';
import { cancelChildren, cancelTopic, insertOperation } from './operations.js';
import { freeLocks, hasRoomOnHosts } from './turns.js';

/** The engine's memory in SQL. Times of leases are the database's: the clocks of workers need not agree. */
export function operationJournal(session: Session, notifier: Notifier): OperationJournal {
  /** Runs `work` with the operation's row locked and the lease checked, so that no write of a former holder counts. */
  const underLease = <T>(lease: Lease, work: (change: Change) => Promise<T>): Promise<T> =>
    session.change(async (change) => {
      await lockLease(change.db, lease, 'update');
      return work(change);
    });

  const recordStep = (lease: Lease, name: string, set: StepUpdate): Promise<void> =>
    underLease(lease, async (change) => {
      await updateStep(change.db, lease, name, set);
      await tellOperation(change, lease.operationId);
    });

  return {
    find: (id) => findOperation(session.db, id),
    acquire: (id, options) => session.change((change) => acquire(change, id, options)),

    renew: (lease, ttlMs) =>
      underLease(lease, async ({ db }) => {
        const row = await db
          .updateTable('operations')
          .set({ lease_until: fromNow(ttlMs) })
          .where('id', '=', lease.operationId)
          .returning('cancel_requested')
          .executeTakeFirstOrThrow();
        return { cancelRequested: row.cancel_requested };
      }),

    release: (lease) => underLease(lease, (change) => letGo(change, lease, [])),

    startStep: (lease, step) =>
      underLease(lease, async (change) => {
        const { burdens = [], perHost } = step;
        const id = lease.operationId;
        if (
          perHost !== undefined &&
          burdens.length > 0 &&
          !(await hasRoomOnHosts(change.db, id, burdens, perHost))
        ) {
          await letGo(change, lease, burdens);
          return 'noRoom';
        }
        if (step.closes && !(await closeCancel(change.db, lease))) return 'cancelled';
        await change.db
          .insertInto('operation_steps')
          .values({
            operation_id: lease.operationId,
            name: step.name,
            position: step.position,
            status: 'running',
            burdens,
          })
          .onConflict((conflict) =>
            conflict.columns(['operation_id', 'name']).doUpdateSet({
              status: 'running',
              burdens,
              starts: sql<number>`operation_steps.starts + 1`,
              finished_at: null,
            }),
          )
          .execute();
        await tellOperation(change, lease.operationId);
        return 'started';
      }),

    finishStep: (lease, { name, closes }, state) =>
      underLease(lease, async (change) => {
        await updateStep(change.db, lease, name, { status: 'succeeded', error: null, ended: true });
        if (closes) await endCancel(change, lease, name);
        if (Object.keys(state).length > 0) {
          await change.db
            .updateTable('operations')
            .set({ state: sql`state || ${json(state)}` })
            .where('id', '=', lease.operationId)
            .execute();
        }
        await tellOperation(change, lease.operationId);
      }),

    failStep: (lease, name, error, retry) =>
      recordStep(lease, name, { status: 'failed', error, ended: true, retry, failures: 1 }),
    startUndo: (lease, name) => recordStep(lease, name, { status: 'undoing' }),
    finishUndo: (lease, name) => recordStep(lease, name, { status: 'undone', ended: true }),
    failUndo: (lease, name, error, retry) =>
      recordStep(lease, name, { status: 'undoFailed', undoError: error, undoRetry: retry, ended: true }),

    passPivot: (lease, name) =>
      underLease(lease, async (change) => {
        await change.db
          .updateTable('operation_steps')
          .set({ status: 'running', passed: true, finished_at: null, ...NO_FAILURES })
          .where('operation_id', '=', lease.operationId)
          .where('name', '=', name)
          .execute();
        await endCancel(change, lease, name);
        await tellOperation(change, lease.operationId);
      }),

    recordProgress: (lease, progress) =>
      underLease(lease, async (change) => {
        await change.db
          .updateTable('operations')
          .set({ progress: json(progress) })
          .where('id', '=', lease.operationId)
          .execute();
        await tellOperation(change, lease.operationId);
      }),

    finish: (lease, end) =>
      underLease(lease, async (change) => {
        const done = { percent: 100, message: 'Done.' };
        await change.db
          .updateTable('operations')
          .set({
            status: end.status,
            result: json(end.result),
            error: json(end.error),
            may_cancel: false,
            finished_at: end.status === 'stuck' ? null : sql<Date>`now()`,
            lease_holder: null,
            lease_until: null,
            ...(end.status === 'succeeded' ? { progress: json(done) } : {}),
          })
          .where('id', '=', lease.operationId)
          .execute();
        if (end.status !== 'stuck') await freeLocks(change.db, lease.operationId);
        await tellOperation(change, lease.operationId);
      }),

    insertChild: (lease, request) =>
      underLease(lease, async (change) => {
        const parent = await change.db
          .selectFrom('operations')
          .select('created_by')
          .where('id', '=', lease.operationId)
          .executeTakeFirstOrThrow();
        return insertOperation(change, {
          kind: request.kind,
          input: request.input,
          resources: request.resources,
          createdBy: parent.created_by,
          parentId: lease.operationId,
          childKey: request.key,
        });
      }),

    async children(id) {
      const rows = await session.db
        .selectFrom('operations')
        .selectAll()
        .where('parent_id', '=', id)
        .orderBy('created_at')
        .execute();
      return withSteps(session.db, rows);
    },

    cancelChildren: (id) => session.change((change) => cancelChildren(change, id)),

    waitForChange(ids, timeoutMs, signal) {
      const wanted = new Set(ids.map((id) => `operation:${id}`));
      return notifier.wait(timeoutMs, signal, (topics) => topics.some((topic) => wanted.has(topic)));
    },

    waitForCancel: (id, timeoutMs, signal) =>
      notifier.wait(timeoutMs, signal, (topics) => topics.includes(cancelTopic(id))),
  };
}

/** Any worker may take it up, when there is room on these hosts. */
async function letGo(change: Change, lease: Lease, hosts: readonly string[]): Promise<void> {
  await change.db
    .updateTable('operations')
    .set({ lease_holder: null, lease_until: null, wanted_hosts: hosts })
    .where('id', '=', lease.operationId)
    .execute();
  await tellOperation(change, lease.operationId);
}

/** As of a step that was never tried. */
const NO_FAILURES = {
  failures: 0,
  undo_failures: 0,
  retry: null,
  undo_retry: null,
  error: json(null),
  undo_error: json(null),
} as const;

/** @returns false when a cancellation came first */
async function closeCancel(db: Kysely<Database>, lease: Lease): Promise<boolean> {
  const row = await db
    .updateTable('operations')
    .set({ may_cancel: false })
    .where('id', '=', lease.operationId)
    .where((is) => is.or([is('cancel_requested', '=', false), is('may_cancel', '=', false)]))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** What could be cancelled until now no longer can; whoever asked for it meanwhile is told why it was too late. */
async function endCancel(change: Change, lease: Lease, step: string): Promise<void> {
  const id = lease.operationId;
  const row = await change.db
    .updateTable('operations')
    .set({ may_cancel: false })
    .where('id', '=', id)
    .where('may_cancel', '=', true)
    .returning('cancel_requested')
    .executeTakeFirst();
  if (!row?.cancel_requested) return;
  const reason = `Step ${step} had its effect before it could be stopped; from there is only forward.`;
  change.tell({
    type: 'operation.note',
    resource: { type: 'operation', id },
    data: { operation: id, action: 'cancelRefused', reason },
  });
}

type StepUpdate = {
  readonly status: StepRecord['status'];
  /** Left as it is when absent. */
  readonly error?: ErrorRecord | null;
  readonly ended?: boolean;
  readonly retry?: StepRecord['retry'];
  readonly failures?: 1;
  /** Of undo; counts as a failed attempt of it. */
  readonly undoError?: ErrorRecord;
  readonly undoRetry?: StepRecord['undoRetry'];
};

async function updateStep(db: Kysely<Database>, lease: Lease, name: string, set: StepUpdate): Promise<void> {
  const result = await db
    .updateTable('operation_steps')
    .set({
      status: set.status,
      finished_at: set.ended ? sql<Date>`now()` : null,
      ...(set.error === undefined ? {} : { error: json(set.error) }),
      ...(set.retry === undefined ? {} : { retry: set.retry }),
      ...(set.failures === undefined ? {} : { failures: sql<number>`failures + 1` }),
      ...(set.undoError === undefined
        ? {}
        : { undo_error: json(set.undoError), undo_failures: sql<number>`undo_failures + 1` }),
      ...(set.undoRetry === undefined ? {} : { undo_retry: set.undoRetry }),
    })
    .where('operation_id', '=', lease.operationId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) {
    throw new AppError('internal', `Step ${name} has an outcome and no intent.`);
  }
}
