import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ErrorRecord, Retry } from '@diecast/model';
import type { StepRecord } from './journal.js';
import { backoffMs, closesAtStart, nextAction, type Action, type StepPlan } from './next-action.js';

const error: ErrorRecord = { code: 'hypervisor_failed', message: 'it refused' };
const record = (name: string, change: Partial<StepRecord>): StepRecord => ({
  name,
  status: 'succeeded',
  failures: 0,
  undoFailures: 0,
  retry: null,
  error: null,
  undoError: null,
  undoRetry: null,
  passed: false,
  ...change,
});
const step = (name: string) => ({ name, hasUndo: true });
const plan: StepPlan = { steps: ['a', 'b', 'c'].map(step) };
const pivoted: StepPlan = { ...plan, pivot: { step: 'b', from: 'start' } };
const pivotWithin: StepPlan = { ...plan, pivot: { step: 'b', from: 'success' } };
const endless: StepPlan = {
  steps: [step('a'), { name: 'b', hasUndo: false }],
  pivot: { step: 'b', from: 'success' },
};
const calm = { cancelRequested: false };

describe('what comes next', () => {
  it('is the first step when nothing is written', () => {
    const first = { do: 'run', step: 'a', failures: 0, resumed: false, heedsCancel: true };
    expect(nextAction(plan, [], calm)).toEqual(first);
  });

  it('is the step whose intent has no outcome, as one that resumes', () => {
    const log = [record('a', {}), record('b', { status: 'running' })];
    expect(nextAction(plan, log, calm)).toMatchObject({ do: 'run', step: 'b', failures: 0, resumed: true });
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

  it('is forward, whatever was asked for, once the pivot has begun or the step that it lies within has succeeded', () => {
    const cancel = { cancelRequested: true };
    const begun = [record('a', {}), record('b', { status: 'running' })];
    expect(nextAction(pivoted, begun, cancel)).toMatchObject({ do: 'run', step: 'b', heedsCancel: false });
    expect(nextAction(pivotWithin, begun, cancel)).toMatchObject({ do: 'undo', step: 'b' });
    const succeeded = [record('a', {}), record('b', {})];
    expect(nextAction(pivotWithin, succeeded, cancel)).toMatchObject({
      do: 'run',
      step: 'c',
      heedsCancel: false,
    });
  });

  it('is to run the step again when undoing it came too late', () => {
    const log = [record('a', {}), record('b', { status: 'running', passed: true })];
    const again = { do: 'run', step: 'b', failures: 0, resumed: true, heedsCancel: false };
    expect(nextAction(pivotWithin, log, { cancelRequested: true })).toEqual(again);
    const failed = [record('a', {}), record('b', { status: 'failed', passed: true, retry: 'never', error })];
    expect(nextAction(pivotWithin, failed, calm)).toEqual({ do: 'stuck', step: 'b', error });
  });

  it('is to find out by doing it again whether a last step without undo has happened, but to go back when it failed', () => {
    const cancel = { cancelRequested: true };
    const unknown = [record('a', {}), record('b', { status: 'running' })];
    expect(nextAction(endless, unknown, cancel)).toMatchObject({ do: 'run', step: 'b', heedsCancel: false });
    const failed = [record('a', {}), record('b', { status: 'failed', failures: 1, retry: 'never', error })];
    expect(nextAction(endless, failed, calm)).toMatchObject({ do: 'undo', step: 'a' });
  });

  it('is success when every step has succeeded, although cancellation was asked for', () => {
    const all = ['a', 'b', 'c'].map((name) => record(name, {}));
    expect(nextAction(plan, all, { cancelRequested: true })).toMatchObject({
      do: 'finish',
      status: 'succeeded',
    });
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

  it('is stuck at once when an undo failed for good', () => {
    const undoError: ErrorRecord = { code: 'conflict', message: 'It runs twice.' };
    const log = [record('a', { status: 'undoFailed', undoFailures: 1, undoRetry: 'never', undoError })];
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
    if (turn === cancelAt && mayCancel(chosen, log)) cancelRequested = true;
    const action = nextAction(chosen, [...log.values()], { cancelRequested });
    actions.push(action);
    if (action.do === 'finish' || action.do === 'stuck') return { actions, log, ended: true };
    const known = log.get(action.step) ?? record(action.step, {});
    log.set(action.step, after(chosen, known, action, fates[turn % fates.length] ?? 'good'));
  }
  return { actions, log, ended: false };
}

/** As the journal answers whoever asks. */
function mayCancel({ pivot, ...plan }: StepPlan, log: ReadonlyMap<string, StepRecord>): boolean {
  const at = pivot && log.get(pivot.step);
  if (!pivot || !at) return true;
  return !closesAtStart({ ...plan, pivot }, pivot.step) && at.status !== 'succeeded' && !at.passed;
}

type Fate = 'good' | 'crash' | 'tooLate' | Retry;

function after(
  { pivot }: StepPlan,
  known: StepRecord,
  action: Extract<Action, { do: 'run' | 'undo' }>,
  fate: Fate,
): StepRecord {
  const running = action.do === 'run';
  if (fate === 'tooLate' && !running && pivot?.step === action.step && pivot.from === 'success')
    return record(known.name, { status: 'running', passed: true });
  if (fate === 'good' || fate === 'tooLate')
    return { ...known, status: running ? 'succeeded' : 'undone', error: running ? null : known.error };
  if (fate === 'crash') return { ...known, status: running ? 'running' : 'undoing' };
  return running
    ? { ...known, status: 'failed', failures: known.failures + 1, retry: fate, error }
    : {
        ...known,
        status: 'undoFailed',
        undoFailures: known.undoFailures + 1,
        undoRetry: fate,
        undoError: error,
      };
}

describe('every operation, whatever fails and whenever its worker dies', () => {
  const pivots = fc.option(fc.tuple(fc.nat(4), fc.constantFrom('start' as const, 'success' as const)));
  const plans = fc
    .tuple(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), pivots)
    .map(([undos, pivot]): StepPlan => {
      const [at = -1, from = 'start'] = pivot ?? [];
      // As the registry wants it: what is never undone has no undo.
      const last = at === -1 ? undos.length : from === 'start' ? at - 1 : at;
      const steps = undos.map((wanted, index) => ({ name: `s${index}`, hasUndo: wanted && index <= last }));
      const step = steps[at]?.name;
      return step === undefined ? { steps } : { steps, pivot: { step, from } };
    });
  const fates = fc
    .array(fc.constantFrom<Fate>('good', 'good', 'crash', 'tooLate', 'later', 'never', 'now'), {
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

  it('never turns round: after the first undo nothing runs, unless that came too late', () => {
    holds(({ actions, log }) => {
      if ([...log.values()].some(({ passed }) => passed)) return;
      const kinds = actions.map((action) => action.do);
      const turned = kinds.indexOf('undo');
      if (turned !== -1) expect(kinds.slice(turned)).not.toContain('run');
    });
  });

  it('undoes nothing once the pivot has begun', () => {
    holds(({ actions, log }, { pivot }) => {
      if (pivot?.from === 'start' && log.has(pivot.step)) {
        expect(actions.map((action) => action.do)).not.toContain('undo');
      }
    });
  });

  it('undoes nothing but the step itself once the pivot within it is passed', () => {
    holds(({ actions, log }, { pivot }) => {
      const at = pivot && log.get(pivot.step);
      if (pivot?.from !== 'success' || !at || !(at.passed || at.status === 'succeeded')) return;
      const undone = actions.flatMap((action) => (action.do === 'undo' ? [action.step] : []));
      expect(undone.filter((name) => name !== pivot.step)).toEqual([]);
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
