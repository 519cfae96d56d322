import { setTimeout as sleep } from 'node:timers/promises';
import {
  isOperationOver,
  toAppError,
  toErrorRecord,
  type ErrorRecord,
  type Json,
  type Progress,
} from '@diecast/model';
import { attempt, guardOf, type AttemptParts } from './attempt.js';
import type { AnyOperation, EffectGuard, OperationLog } from './definition.js';
import { findLeft } from './find-left.js';
import { isLeaseLost, type HeldLease } from './held-lease.js';
import type { Carried, Intent, Limits, OperationJournal, Started, StepRecord } from './journal.js';
import {
  backoffMs,
  closesAtStart,
  closesAtSuccess,
  nextAction,
  type Action,
  type StepPlan,
} from './next-action.js';
import { planOf, requirePivotWithin } from './plan-of.js';
import { ProgressWriter } from './progress.js';
import { remedyFor } from './remedy.js';

export type RunParts<Services> = {
  readonly journal: OperationJournal;
  readonly definition: AnyOperation<Services>;
  readonly services: (guard: EffectGuard) => Services;
  readonly limits: Limits;
  readonly logger: OperationLog;
  readonly shutdown: AbortSignal;
};

export type RunEnd =
  /** It ended, or stands stuck. */
  | 'ended'
  /** Nothing to do: over already, or another worker's. */
  | 'nothing'
  /** It is not its turn: others are at work on what it needs alone, or as many as may be. */
  | 'waiting'
  /** The worker was told to go; any other may carry on at once. */
  | 'handedBack'
  /** Another worker has taken it over, or may have; nothing was recorded after that. */
  | 'leaseLost';

/** One worker's turn at one operation: decide, write the intent, act, write the outcome, and again. */
export class Run<Services> {
  readonly #plan: StepPlan;
  readonly #log = new Map<string, StepRecord>();
  readonly #attempt: AttemptParts;
  #state: Readonly<Record<string, unknown>>;
  #childrenEnded = false;

  constructor(
    readonly parts: RunParts<Services>,
    readonly carried: Carried,
    readonly held: HeldLease,
  ) {
    const { definition, journal, logger, shutdown } = parts;
    this.#plan = planOf(definition);
    for (const record of carried.log) this.#log.set(record.name, record);
    this.#state = carried.state;
    const write = (progress: Progress): Promise<void> =>
      journal.recordProgress(held.lease, progress).catch((error: unknown) => {
        logger.debug({ err: error }, 'Progress was not stored.');
      });
    const progress = new ProgressWriter(write);
    const { operation } = carried;
    this.#attempt = { operation, state: {}, held, journal, log: logger, progress, shutdown };
  }

  async toItsEnd(): Promise<RunEnd> {
    for (;;) {
      if (this.parts.shutdown.aborted) return this.#handBack();
      const cancelRequested = this.held.cancelled.aborted;
      const action = nextAction(this.#plan, [...this.#log.values()], { cancelRequested });
      if (action.do === 'finish') return this.#finish(action);
      if (action.do === 'stuck') return this.#park(action);
      if (action.failures > 0 && !(await this.#pause(action))) continue;
      if (action.do === 'undo') await this.#undoStep(action);
      else if ((await this.#runStep(action)) === 'noRoom') return 'waiting';
    }
  }

  async #runStep(action: Extract<Action, { do: 'run' }>): Promise<Started> {
    const { journal } = this.parts;
    const { lease } = this.held;
    const started = await this.held.persist(() => journal.startStep(lease, this.#intentOf(action.step)));
    if (started === 'cancelled') this.held.noteCancelRequested();
    if (started === 'started') await this.#runStarted(action);
    return started;
  }

  async #runStarted(action: Extract<Action, { do: 'run' }>): Promise<void> {
    const { journal } = this.parts;
    const { lease } = this.held;
    const step = this.#stepNamed(action.step);
    this.#record(action.step, { status: 'running' });

    const options = {
      step: action.step,
      resumed: action.resumed,
      deadlineSeconds: step.deadlineSeconds,
      heedsCancel: action.heedsCancel,
    };
    const end = await attempt({ ...this.#attempt, state: this.#state }, options, (context, guard) =>
      Promise.resolve(step.run(this.parts.services(guard), context)),
    );
    if (end.end === 'interrupted') return;
    if (end.end === 'done') {
      const returned = asJson(end.returned);
      const outcome = { name: action.step, closes: closesAtSuccess(this.#plan, action.step) };
      await this.held.persist(() => journal.finishStep(lease, outcome, returned));
      this.#state = { ...this.#state, ...returned };
      this.#record(action.step, { status: 'succeeded', error: null });
      return;
    }
    if (isLeaseLost(end.error)) throw end.error;
    const { retry } = toAppError(end.error);
    const error = errorOfStep(action.step, end.error);
    this.parts.logger.warn(
      { err: end.error, step: action.step, retry, failures: action.failures + 1 },
      'A step failed.',
    );
    await this.held.persist(() => journal.failStep(lease, action.step, error, retry));
    this.#record(action.step, { status: 'failed', error, retry, failures: action.failures + 1 });
  }

  #intentOf(name: string): Intent {
    const { limits } = this.parts;
    const { burdens } = this.#stepNamed(name);
    const hosts = burdens?.(this.#state as never, this.carried.operation.input as never) ?? [];
    return {
      name,
      position: this.#plan.steps.findIndex((step) => step.name === name),
      closes: closesAtStart(this.#plan, name),
      burdens: [...new Set(hosts.filter((host) => host !== undefined))],
      ...(limits.perHost === undefined ? {} : { perHost: limits.perHost }),
    };
  }

  async #undoStep(action: Extract<Action, { do: 'undo' }>): Promise<void> {
    const { journal } = this.parts;
    const { lease } = this.held;
    const step = this.#stepNamed(action.step);
    if (!(await this.#endChildren())) return;
    await this.held.persist(() => journal.startUndo(lease, action.step));
    this.#record(action.step, { status: 'undoing' });

    const { undo } = step;
    const options = {
      step: action.step,
      resumed: action.resumed,
      deadlineSeconds: step.deadlineSeconds,
      heedsCancel: false,
    };
    const end = await attempt({ ...this.#attempt, state: this.#state }, options, async (context, guard) => {
      const undone = typeof undo === 'function' ? await undo(this.parts.services(guard), context) : undefined;
      if (undone === 'passed') requirePivotWithin(this.#plan, action.step);
      return { passed: undone === 'passed' };
    });
    if (end.end === 'interrupted') return;
    if (end.end === 'done') return this.#recordUndone(action.step, end.returned['passed'] === true);
    if (isLeaseLost(end.error)) throw end.error;
    const { retry } = toAppError(end.error);
    const error = errorOfStep(action.step, end.error);
    this.parts.logger.warn(
      { err: end.error, step: action.step, retry, failures: action.failures + 1 },
      'An undo failed.',
    );
    await this.held.persist(() => journal.failUndo(lease, action.step, error, retry));
    const undoFailures = action.failures + 1;
    this.#record(action.step, { status: 'undoFailed', undoError: error, undoRetry: retry, undoFailures });
  }

  async #recordUndone(name: string, passed: boolean): Promise<void> {
    const { journal } = this.parts;
    const { lease } = this.held;
    if (!passed) {
      await this.held.persist(() => journal.finishUndo(lease, name));
      this.#record(name, { status: 'undone' });
      return;
    }
    this.parts.logger.warn({ step: name }, 'It came too late to undo this step: the operation goes on.');
    await this.held.persist(() => journal.passPivot(lease, name));
    this.#record(name, { ...UNTOUCHED, passed: true });
  }

  /** Nothing is undone beside children that still act. False when this worker must go first. */
  async #endChildren(): Promise<boolean> {
    if (this.#childrenEnded) return true;
    const { journal } = this.parts;
    const { id } = this.carried.operation;
    await this.held.persist(() => journal.cancelChildren(id));
    const leaving = AbortSignal.any([this.parts.shutdown, this.held.lost]);
    for (;;) {
      const children = await this.held.persist(() => journal.children(id));
      const open = children.filter((child) => !isOperationOver(child.status) && child.status !== 'stuck');
      if (open.length === 0) break;
      if (leaving.aborted) return false;
      const ids = open.map((child) => child.id);
      await journal.waitForChange(ids, 1_000, leaving);
    }
    this.#childrenEnded = true;
    return true;
  }

  /** True when the time is over; false when something came between, and the decision must be made anew. */
  async #pause(action: Extract<Action, { do: 'run' | 'undo' }>): Promise<boolean> {
    const { held } = this;
    const { shutdown } = this.parts;
    const record = this.#log.get(action.step);
    if (action.do === 'run' && record?.retry === 'now') return true;
    const stops = [held.lost, shutdown, ...(action.do === 'run' ? [held.cancelled] : [])];
    const signal = AbortSignal.any(stops);
    await sleep(backoffMs(action.failures, Math.random()), undefined, { signal }).catch(() => undefined);
    if (held.lost.aborted) held.insist();
    return !signal.aborted;
  }

  async #finish(action: Extract<Action, { do: 'finish' }>): Promise<RunEnd> {
    const { status, error } = action;
    const state = this.#state;
    const input = this.carried.operation.input as never;
    const result =
      status === 'succeeded' ? (this.parts.definition.result?.(state as never, input) ?? null) : null;
    await this.held.persist(() => this.parts.journal.finish(this.held.lease, { status, result, error }));
    this.parts.logger.info({ status, error }, 'The operation ended.');
    return 'ended';
  }

  async #park(action: Extract<Action, { do: 'stuck' }>): Promise<RunEnd> {
    const { operation } = this.carried;
    const guard = guardOf(this.#attempt, action.step, new AbortController().signal);
    const left = await findLeft(this.parts, guard, { operation, state: this.#state });
    const error = remedyFor(operation, action, left);
    const end = { status: 'stuck', result: null, error } as const;
    await this.held.persist(() => this.parts.journal.finish(this.held.lease, end));
    this.parts.logger.warn({ error }, 'The operation is stuck.');
    return 'ended';
  }

  async #handBack(): Promise<RunEnd> {
    // Only tried once: when the database is away, the lease runs out by itself.
    await this.parts.journal.release(this.held.lease).catch((error: unknown) => {
      this.parts.logger.warn(
        { err: error },
        'Could not hand back; another worker carries on when the lease has run out.',
      );
    });
    this.parts.logger.info({}, 'Handed back: another worker carries on.');
    return 'handedBack';
  }

  #record(name: string, change: Partial<StepRecord>): void {
    const known = this.#log.get(name) ?? UNTOUCHED;
    this.#log.set(name, { ...known, ...change, name });
  }

  #stepNamed(name: string): AnyOperation<Services>['steps'][number] {
    const step = this.parts.definition.steps.find((candidate) => candidate.name === name);
    if (step) return step;
    throw new Error(`nextAction chose step ${name}, which the definition lacks`);
  }
}

const UNTOUCHED: Omit<StepRecord, 'name'> = {
  status: 'running',
  failures: 0,
  undoFailures: 0,
  retry: null,
  error: null,
  undoError: null,
  undoRetry: null,
  passed: false,
};

/** What the next worker will read, so that a step sees the same whether or not a crash came between. */
const asJson = (state: Readonly<Record<string, unknown>>): Record<string, Json> =>
  JSON.parse(JSON.stringify(state)) as Record<string, Json>;

function errorOfStep(step: string, thrown: unknown): ErrorRecord {
  const error = toErrorRecord(thrown);
  return { ...error, details: { ...error.details, step } };
}
