import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, isOperationOver, type Operation } from '@diecast/model';
import type { EffectGuard, OperationLog, StepContext } from './definition.js';
import type { HeldLease } from './held-lease.js';
import type { OperationJournal } from './journal.js';
import type { ProgressWriter } from './progress.js';

const DEFAULT_DEADLINE_SECONDS = 300;
/** A step that was told to stop has this long to do so before it is left behind. */
const GRACE_MS = 4_000;
const LOOK_AT_CHILD_EVERY_MS = 2_000;

type State = Record<string, unknown>;

/** How one attempt of a run or an undo ended. */
export type AttemptEnd =
  | { readonly end: 'done'; readonly returned: State }
  | { readonly end: 'failed'; readonly error: unknown }
  /** Stopped from outside before it was through: cancelled, handed back, or taken over. Nothing is known of its effect. */
  | { readonly end: 'interrupted' };

export type AttemptParts = {
  readonly operation: Operation;
  readonly state: Readonly<State>;
  readonly held: HeldLease;
  readonly journal: OperationJournal;
  readonly log: OperationLog;
  readonly progress: ProgressWriter;
  readonly shutdown: AbortSignal;
};

export type AttemptOptions = {
  readonly step: string;
  readonly resumed: boolean;
  readonly deadlineSeconds: number | undefined;
  /** Undoing is not stopped by the cancellation that caused it. */
  readonly heedsCancel: boolean;
};

export async function attempt(
  parts: AttemptParts,
  options: AttemptOptions,
  work: (context: StepContext<never, never>, guard: EffectGuard) => Promise<object | void>,
): Promise<AttemptEnd> {
  const deadlineSeconds = options.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS;
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(tooLate(options.step, deadlineSeconds)),
    Math.min(deadlineSeconds * 1000, 2_147_483_647),
  );
  const { held, shutdown } = parts;
  const stops = [held.lost, shutdown, deadline.signal, ...(options.heedsCancel ? [held.cancelled] : [])];
  const closed = new AbortController();
  const endsAt = performance.now() + deadlineSeconds * 1000;
  const guard = guardOf(parts, options.step, closed.signal);
  const context = contextOf(parts, options, { signal: AbortSignal.any(stops), guard, endsAt });

  try {
    const returned = await untilLeftBehind(work(context, guard), {
      held,
      shutdown,
      deadline: deadline.signal,
    });
    return { end: 'done', returned: { ...returned } };
  } catch (error) {
    const interrupted =
      held.lost.aborted || shutdown.aborted || (options.heedsCancel && held.cancelled.aborted);
    if (interrupted) return { end: 'interrupted' };
    return {
      end: 'failed',
      error: deadline.signal.aborted ? tooLate(options.step, deadlineSeconds, error) : error,
    };
  } finally {
    clearTimeout(timer);
    closed.abort();
    await parts.progress.flush();
  }
}

/**
 * A step that does not heed its signal is left behind some time after the lease was lost, the worker was told to go,
 * or its deadline passed; its context is closed then, so that it does no further effect. A cancelled one is given all
 * of its deadline, because undoing must not run beside it.
 */
async function untilLeftBehind<T>(
  work: Promise<T>,
  stop: { readonly held: HeldLease; readonly shutdown: AbortSignal; readonly deadline: AbortSignal },
): Promise<T> {
  const finished = new AbortController();
  const stopped = AbortSignal.any([stop.held.lost, stop.shutdown, stop.deadline]);
  const leaveBehind = async (): Promise<never> => {
    if (!stopped.aborted) {
      await new Promise((resolve) => {
        stopped.addEventListener('abort', resolve, { once: true, signal: finished.signal });
        finished.signal.addEventListener('abort', resolve, { once: true });
      });
    }
    await sleep(GRACE_MS, undefined, { signal: finished.signal });
    throw new AppError('deadline', 'The step did not stop when it was told to.');
  };
  const left = leaveBehind();
  // Once the work is through, nobody waits for this any more.
  left.catch(() => undefined);
  try {
    return await Promise.race([work, left]);
  } finally {
    finished.abort();
  }
}

type Limits = {
  readonly signal: AbortSignal;
  readonly guard: EffectGuard;
  /** By performance.now(). */
  readonly endsAt: number;
};

export function guardOf({ operation, held }: AttemptParts, step: string, closed: AbortSignal): EffectGuard {
  const refuseLeftBehind = (): void => {
    if (closed.aborted)
      throw new AppError('lease_lost', `Step ${step} of operation ${operation.id} was left behind.`);
  };
  return {
    lease: held.lease,
    signal: AbortSignal.any([held.lost, closed]),
    async admit() {
      refuseLeftBehind();
      return held.admit();
    },
    insist() {
      refuseLeftBehind();
      return held.insist();
    },
  };
}

function contextOf(
  parts: AttemptParts,
  options: AttemptOptions,
  { signal, guard, endsAt }: Limits,
): StepContext<never, never> {
  const { operation, state, held, journal } = parts;
  const checkLease = async (): Promise<void> => {
    await guard.admit();
  };
  return {
    operationId: operation.id,
    // The definition's author knows the type of the input; the engine only carries it.
    input: operation.input as never,
    state: state as never,
    resumed: options.resumed,
    signal,
    log: parts.log,
    timeLeftMs: () => Math.max(0, endsAt - performance.now()),
    need: ((key: string): unknown => {
      const value = state[key];
      if (value !== undefined) return value;
      throw new AppError(
        'internal',
        `Step ${options.step} needs "${key}", which no earlier step has returned.`,
      );
    }) as StepContext<never, never>['need'],
    checkLease,
    progress(progress) {
      if (!guard.signal.aborted) parts.progress.report(progress);
    },
    async startChild(request) {
      await checkLease();
      signal.throwIfAborted();
      return journal.insertChild(held.lease, request);
    },
    async waitForChild(id) {
      for (;;) {
        const changed = journal.waitForChange([id], LOOK_AT_CHILD_EVERY_MS, signal);
        const child = await journal.find(id);
        if (!child) throw new AppError('not_found', `There is no operation ${id}.`);
        if (isOperationOver(child.status)) return child;
        signal.throwIfAborted();
        await changed;
      }
    },
  };
}

const tooLate = (step: string, seconds: number, cause?: unknown): AppError =>
  new AppError('deadline', `Step ${step} took longer than ${seconds} seconds.`, { cause });
