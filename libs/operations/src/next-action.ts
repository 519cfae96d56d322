import { AppError, toErrorRecord, type ErrorRecord } from '@diecast/model';
import type { StepRecord } from './journal.js';

/** What the decision needs of a definition. */
export type StepPlan = {
  readonly steps: readonly PlannedStep[];
  /** `start`: from when the step begins there is only forward. `success`: from when it has succeeded or is passed. */
  readonly pivot?: { readonly step: string; readonly from: 'start' | 'success' };
};
export type PlannedStep = { readonly name: string; readonly attempts?: number; readonly hasUndo: boolean };

export type Action =
  | {
      readonly do: 'run';
      readonly step: string;
      readonly failures: number;
      readonly resumed: boolean;
      /** Whether a request to cancel stops it. */
      readonly heedsCancel: boolean;
    }
  | { readonly do: 'undo'; readonly step: string; readonly failures: number; readonly resumed: boolean }
  | {
      readonly do: 'finish';
      readonly status: 'succeeded' | 'failed' | 'cancelled';
      readonly error: ErrorRecord | null;
    }
  | { readonly do: 'stuck'; readonly step: string; readonly error: ErrorRecord };

/** Before the pivot going back is cheap, so that few attempts do; after it there is only forward. */
export const ATTEMPTS_BEFORE_PIVOT = 3;
export const ATTEMPTS_AFTER_PIVOT = 10;
export const UNDO_ATTEMPTS = 5;

type Recorded = ReadonlyMap<string, StepRecord>;

/**
 * The whole policy of the engine: what comes next, from what is written. It depends on nothing else, so that any
 * worker at any time decides the same.
 *
 * Forward: the first step without success runs. Back: once anything was undone, or a step failed for good, or
 * cancellation was asked for, every begun step is undone in reverse. The pivot closes the way back: from then on a step
 * that can't succeed leaves the operation stuck, and a person decides. An operation whose every step has succeeded has
 * succeeded, whoever asked for what meanwhile.
 */
export function nextAction(
  plan: StepPlan,
  log: readonly StepRecord[],
  request: { readonly cancelRequested: boolean },
): Action {
  const recorded: Recorded = new Map(log.map((record) => [record.name, record]));
  const stranger = log.find((record) => plan.steps.every((step) => step.name !== record.name));
  if (stranger) return { do: 'stuck', step: stranger.name, error: unknownStep(stranger.name) };

  const pivoted = isPivoted(plan, recorded);
  const failed = log.find((record) => record.status === 'failed' && isFinal(plan, record, pivoted));
  if (pivoted && failed)
    return { do: 'stuck', step: failed.name, error: failed.error ?? noError(failed.name) };

  const goingBack = log.some(isBeingUndone);
  const back = goingBack || failed !== undefined || request.cancelRequested;
  if (pivoted || !back || isUnsettled(plan, recorded)) return nextForward(plan, recorded, pivoted);
  if (plan.steps.every((step) => recorded.get(step.name)?.status === 'succeeded')) return SUCCEEDED;
  return nextBack(plan, recorded, log, request.cancelRequested);
}

/** From the start of this step nobody can cancel any more. */
export const closesAtStart = ({ steps, pivot }: StepPlan, name: string): boolean =>
  pivot?.step === name &&
  (pivot.from === 'start' || !steps.some((step) => step.name === name && step.hasUndo));

/** With the success of this step nobody can cancel any more. */
export const closesAtSuccess = ({ pivot }: StepPlan, name: string): boolean => pivot?.step === name;

const SUCCEEDED: Action = { do: 'finish', status: 'succeeded', error: null };

function isPivoted({ pivot }: StepPlan, recorded: Recorded): boolean {
  const record = pivot && recorded.get(pivot.step);
  if (!pivot || !record) return false;
  return pivot.from === 'start' || record.status === 'succeeded' || record.passed;
}

/** It cannot be undone and nobody knows whether it happened: doing it once more is how to find out. */
function isUnsettled(plan: StepPlan, recorded: Recorded): boolean {
  const { pivot } = plan;
  return (
    pivot !== undefined && closesAtStart(plan, pivot.step) && recorded.get(pivot.step)?.status === 'running'
  );
}

const isBeingUndone = (record: StepRecord): boolean =>
  record.status === 'undoing' || record.status === 'undone' || record.status === 'undoFailed';

function isFinal(plan: StepPlan, record: StepRecord, pivoted: boolean): boolean {
  if (record.retry === 'never') return true;
  const own = plan.steps.find((step) => step.name === record.name)?.attempts;
  return record.failures >= (own ?? (pivoted ? ATTEMPTS_AFTER_PIVOT : ATTEMPTS_BEFORE_PIVOT));
}

function nextForward(plan: StepPlan, recorded: Recorded, pivoted: boolean): Action {
  for (const { name } of plan.steps) {
    const record = recorded.get(name);
    if (record?.status === 'succeeded') continue;
    return {
      do: 'run',
      step: name,
      failures: record?.failures ?? 0,
      resumed: record !== undefined,
      heedsCancel: !pivoted && !closesAtStart(plan, name),
    };
  }
  return SUCCEEDED;
}

function nextBack(
  plan: StepPlan,
  recorded: Recorded,
  log: readonly StepRecord[],
  cancelled: boolean,
): Action {
  for (const step of plan.steps.toReversed()) {
    const record = recorded.get(step.name);
    if (!record || record.status === 'undone') continue;
    // Nothing to undo, and its outcome is known: the log already tells the truth about it.
    if (!step.hasUndo && (record.status === 'succeeded' || record.status === 'failed')) continue;
    if (record.undoRetry === 'never' || record.undoFailures >= UNDO_ATTEMPTS) {
      return { do: 'stuck', step: step.name, error: record.undoError ?? noError(step.name) };
    }
    const resumed = record.status === 'undoing' || record.status === 'undoFailed';
    return { do: 'undo', step: step.name, failures: record.undoFailures, resumed };
  }
  if (cancelled) {
    return {
      do: 'finish',
      status: 'cancelled',
      error: { code: 'cancelled', message: 'It was cancelled and undone.' },
    };
  }
  const reason = log.find((record) => record.retry !== null && record.error !== null);
  return { do: 'finish', status: 'failed', error: reason?.error ?? noError('?') };
}

const noError = (step: string): ErrorRecord =>
  toErrorRecord(new AppError('internal', `Step ${step} failed and left no error.`));

const unknownStep = (step: string): ErrorRecord =>
  toErrorRecord(
    new AppError('stuck', `Another version of Diecast began step ${step}, which this one does not know.`),
  );

/** Doubles from half a second to half a minute; `random` in [0, 1) spreads those that failed together. */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(500 * 2 ** Math.max(0, failures - 1), 30_000);
  return Math.round(full * (0.5 + random / 2));
}
