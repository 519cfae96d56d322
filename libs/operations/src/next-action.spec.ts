import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ErrorRecord, Retry } from '@diecast/model';
import type { StepRecord } from './journal.js';
import { backoffMs, nextAction, type Action, type StepPlan } from './next-action.js';

const error: ErrorRecord = { code: 'hypervisor_failed', message: 'it refused' };
const record = (name: string, change: Partial<StepRecord>): StepRecord => ({
  name,
  status: 'succeeded',
  failures: 0,
  undoFailures: 0,
  retry: null,
  error: null,
  undoError: null,
  ...change,
});
const step = (name: string) => ({ name, hasUndo: true });
const plan: StepPlan = { steps: ['a', 'b', 'c'].map(step) };
const pivoted: StepPlan = { ...plan, pivot: 'b' };
const calm = { cancelRequested: false };

describe('what comes next', () => {
  it('is the first step when nothing is written', () => {
    expect(nextAction(plan, [], calm)).toEqual({ do: 'run', step: 'a', failures: 0, resumed: false });
  });

  it('is the step whose intent has no outcome, as one that resumes', () => {
    const log = [record('a', {}), record('b', { status: 'running' })];
    expect(nextAction(plan, log, calm)).toEqual({ do: 'run', step: 'b', failures: 0, resumed: true });
  });

  it('is the same step again after an error that says later, until its attempts are used up', () => {
    const failed = (failures: number) => [record('a', { status: 'failed', failures, retry: 'later', error })];
    expect(nextAction(plan, failed(2), calm)).toMatchObject({ do: 'run', step: 'a', failures: 2 });
    expect(nextAction(plan, failed(3), calm)).toMatchObject({ do: 'undo', step: 'a' });
  });

  it('is to go back at once after an error that says never', () => {
    const log = [record('a', {}), record('b', { status: 'failed', failures: 1, retry: 'never', error })];
    expect(nextAction(plan, log, calm)).toMatchObject({ do: 'undo', step: 'b' });
    const undone = [log[0], { ...log[1], status: 'undone' }] as StepRecord[];
    expect(nextAction(plan, undone, calm)).toMatchObject({ do: 'undo', step: 'a' });
    const all = undone.map((one) => ({ ...one, status: 'undone' as const }));
    expect(nextAction(plan, all, calm)).toEqual({ do: 'finish', status: 'failed', error });
  });

  it('is stuck, never back, once the pivot has begun', () => {
    const log = [record('a', {}), record('b', { status: 'failed', failures: 1, retry: 'never', error })];
    expect(nextAction(pivoted, log, calm)).toEqual({ do: 'stuck', step: 'b', error });
    const later = [record('a', {}), record('b', { status: 'failed', failures: 9, retry: 'later', error })];
    expect(nextAction(pivoted, later, calm)).toMatchObject({ do: 'run', step: 'b', failures: 9 });
  });

  it('is to undo what began when cancellation was asked for, and to end cancelled', () => {
    const log = [record('a', {}), record('b', { status: 'running' })];
    expect(nextAction(plan, log, { cancelRequested: true })).toMatchObject({ do: 'undo', step: 'b' });
    expect(nextAction(plan, [], { cancelRequested: true })).toMatchObject({
      do: 'finish',
      status: 'cancelled',
    });
  });

  it('skips the undo that is not needed, but still settles a step whose outcome is unknown', () => {
    const without: StepPlan = { steps: [{ name: 'a', hasUndo: false }, step('b')] };
    const known = [record('a', {}), record('b', { status: 'undone' })];
    expect(nextAction(without, known, { cancelRequested: true })).toMatchObject({ do: 'finish' });
    const unknown = [record('a', { status: 'running' })];
    expect(nextAction(without, unknown, { cancelRequested: true })).toMatchObject({ do: 'undo', step: 'a' });
  });

  it('is stuck when an undo failed five times, with the undo error', () => {
    const undoError: ErrorRecord = { code: 'host_unreachable', message: 'gone' };
    const log = [
      record('a', { status: 'undoFailed', failures: 3, undoFailures: 5, retry: 'later', error, undoError }),
    ];
    expect(nextAction(plan, log, calm)).toEqual({ do: 'stuck', step: 'a', error: undoError });
  });

  it('is stuck when the log has a step that this version does not know', () => {
    expect(nextAction(plan, [record('z', {})], calm)).toMatchObject({ do: 'stuck', step: 'z' });
  });
});

/** Plays an operation in which each attempt ends as `fates` says; returns every action with what it saw. */
function play(chosen: StepPlan, fates: readonly Fate[], cancelAt: number) {
  const log = new Map<string, StepRecord>();
  const actions: Action[] = [];
  let cancelRequested = false;
  for (let turn = 0; turn < 200; turn += 1) {
    const pivotBegun = chosen.pivot !== undefined && log.has(chosen.pivot);
    if (turn === cancelAt && !pivotBegun) cancelRequested = true;
    const action = nextAction(chosen, [...log.values()], { cancelRequested });
    actions.push(action);
    if (action.do === 'finish' || action.do === 'stuck') return { actions, log, ended: true };
    const known = log.get(action.step) ?? record(action.step, {});
    log.set(action.step, after(known, action, fates[turn % fates.length] ?? 'good'));
  }
  return { actions, log, ended: false };
}

type Fate = 'good' | 'crash' | Retry;

function after(known: StepRecord, action: Extract<Action, { do: 'run' | 'undo' }>, fate: Fate): StepRecord {
  const running = action.do === 'run';
  if (fate === 'good')
    return { ...known, status: running ? 'succeeded' : 'undone', error: running ? null : known.error };
  if (fate === 'crash') return { ...known, status: running ? 'running' : 'undoing' };
  return running
    ? { ...known, status: 'failed', failures: known.failures + 1, retry: fate, error }
    : { ...known, status: 'undoFailed', undoFailures: known.undoFailures + 1, undoError: error };
}

describe('every operation, whatever fails and whenever its worker dies', () => {
  const plans = fc
    .tuple(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), fc.option(fc.nat(4), { nil: undefined }))
    .map(([undos, pivot]): StepPlan => {
      const steps = undos.map((hasUndo, index) => ({ name: `s${index}`, hasUndo }));
      const name = pivot === undefined ? undefined : steps[pivot]?.name;
      return name === undefined ? { steps } : { steps, pivot: name };
    });
  const fates = fc
    .array(fc.constantFrom<Fate>('good', 'good', 'crash', 'later', 'never', 'now'), {
      minLength: 1,
      maxLength: 30,
    })
    .filter((list) => list.some((fate) => fate !== 'crash'));
  const cancels = fc.nat(40);

  const holds = (check: (played: ReturnType<typeof play>, chosen: StepPlan) => void): void => {
    fc.assert(
      fc.property(plans, fates, cancels, (chosen, list, cancelAt) =>
        check(play(chosen, list, cancelAt), chosen),
      ),
      { numRuns: 1000 },
    );
  };

  it('ends', () => {
    holds(({ ended }) => expect(ended).toBe(true));
  });

  it('never turns round: after the first undo nothing runs', () => {
    holds(({ actions }) => {
      const kinds = actions.map((action) => action.do);
      const turned = kinds.indexOf('undo');
      if (turned !== -1) expect(kinds.slice(turned)).not.toContain('run');
    });
  });

  it('undoes nothing once the pivot has begun', () => {
    holds(({ actions, log }, chosen) => {
      if (chosen.pivot !== undefined && log.has(chosen.pivot)) {
        expect(actions.map((action) => action.do)).not.toContain('undo');
      }
    });
  });

  it('runs steps in order, and undoes them in the reverse order', () => {
    holds(({ actions }, chosen) => {
      const orderOf = (kind: 'run' | 'undo') =>
        actions.flatMap((action) =>
          action.do === kind ? [chosen.steps.findIndex((candidate) => candidate.name === action.step)] : [],
        );
      expect(orderOf('run')).toEqual(orderOf('run').toSorted((a, b) => a - b));
      expect(orderOf('undo')).toEqual(orderOf('undo').toSorted((a, b) => b - a));
    });
  });

  it('leaves nothing done that can be undone when it failed or was cancelled', () => {
    holds(({ actions, log }, chosen) => {
      const last = actions.at(-1);
      if (last?.do !== 'finish' || last.status === 'succeeded') return;
      for (const candidate of chosen.steps.filter((one) => one.hasUndo)) {
        expect([undefined, 'undone']).toContain(log.get(candidate.name)?.status);
      }
    });
  });

  it('succeeds only when every step has', () => {
    holds(({ actions, log }, chosen) => {
      const last = actions.at(-1);
      if (last?.do !== 'finish' || last.status !== 'succeeded') return;
      for (const candidate of chosen.steps) expect(log.get(candidate.name)?.status).toBe('succeeded');
    });
  });
});

describe('the pause before another attempt', () => {
  it('grows to half a minute and never beyond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const pause = backoffMs(failures, random);
          expect(pause).toBeGreaterThanOrEqual(250);
          expect(pause).toBeLessThanOrEqual(30_000);
        },
      ),
    );
    expect(backoffMs(5, 0.5)).toBeGreaterThan(backoffMs(1, 0.5));
  });
});
