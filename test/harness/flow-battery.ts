import { afterAll, describe, expect, it } from '@jest/globals';
import { AppError, type Json, type Operation } from '@diecast/model';
import type { FlowServices } from '@diecast/flows';
import {
  planOf,
  type AnyOperation,
  type AnyStep,
  type StepContext,
  type StepPlan,
} from '@diecast/operations';
import type { TestServices } from './services.js';
import { lookAround, type Sight } from './sight.js';

type Flow = AnyOperation<FlowServices>;
type Step = AnyStep<FlowServices>;
type Context = StepContext<never, never>;

export type FlowCase = {
  /** Makes what the flow needs, or finds what earlier runs left of it. */
  readonly prepare: () => Promise<Json>;
  /** Takes away what a run that succeeded has made, when the next one would not find it. */
  readonly clear?: (input: never) => Promise<unknown>;
  /** Members of what steps return that differ by nature, such as moments and durations. */
  readonly varies?: readonly string[];
  /** What of the world must be as before when it was undone; all of it unless the flow says that something stays. */
  readonly see?: (sight: Sight) => unknown;
};

const MINUTES = 60_000;

/**
 * What every flow has to stand, in real hosts and a real store: each step twice does the same as once; whichever step
 * fails, before its effect or after it, all is undone or, past the pivot, parked and carried on by a retry; each undo twice
 * does the same as once.
 */
export function flowBattery(flow: Flow, services: () => TestServices, test: FlowCase): void {
  const plan = planOf(flow);
  describe(`the flow ${flow.kind}`, () => {
    const see = async (): Promise<unknown> => (test.see ?? whole)(await lookAround(services()));
    const battery: Battery = { problems: [], see, varies: new Set(test.varies) };
    afterAll(() => expect(battery.problems).toEqual([]));

    const succeeded = async (operation: Operation, input: Json): Promise<void> => {
      expect(operation).toMatchObject({ status: 'succeeded', error: null });
      await test.clear?.(input as never);
    };

    it(
      'does the same when each step runs twice (SPEC-OP-13)',
      async () => {
        const input = await test.prepare();
        const twice = { ...flow, steps: flow.steps.map((step) => runTwice(step, battery)) };
        const operation = await services().run(flow.kind, input, twice);
        expect(battery.problems.splice(0)).toEqual([]);
        await succeeded(operation, input);
      },
      10 * MINUTES,
    );

    it.each(failuresOf(flow, plan))(
      'ends $end when $step fails $when its effect (SPEC-OP-13)',
      async ({ step, when, end }) => {
        const input = await test.prepare();
        const before = await see();
        const failing = {
          ...flow,
          steps: flow.steps.map((each) =>
            undoTwice(each.name === step ? failOnce(each, when) : each, battery),
          ),
        };
        const operation = await services().run(flow.kind, input, failing);
        expect(battery.problems.splice(0)).toEqual([]);
        if (end === 'forward') return succeeded(operation, input);
        expect(operation).toMatchObject({
          status: end === 'undone' ? 'failed' : 'stuck',
          error: { details: { step } },
        });
        if (end === 'undone') return expect(await see()).toEqual(before);
        await services().store.operations.retry(operation.id);
        await succeeded(await services().carry(operation.id), input);
      },
      10 * MINUTES,
    );
  });
}

const whole = (sight: Sight): Sight => sight;

type Failure = {
  readonly step: string;
  readonly when: 'before' | 'after';
  /** `forward`: undoing finds that it came too late. */
  readonly end: 'undone' | 'stuck' | 'forward';
};

/** Every way in which a step can fail that the log can tell from others. */
function failuresOf(flow: Flow, { pivot, steps }: StepPlan): readonly Failure[] {
  const at = steps.findIndex(({ name }) => name === pivot?.step);
  return flow.steps.flatMap(({ name, undo }, index): Failure[] => {
    const undoable = typeof undo === 'function';
    const forward = pivot !== undefined && (pivot.from === 'start' ? index >= at : index > at);
    if (forward) return [{ step: name, when: 'after', end: 'stuck' }];
    const before: Failure = { step: name, when: 'before', end: 'undone' };
    // What cannot be undone and is the last of what can fail has failed only if it did not happen.
    if (index === at && !undoable) return [before];
    const after: Failure = { step: name, when: 'after', end: index === at ? 'forward' : 'undone' };
    return undoable ? [before, after] : [after];
  });
}

type Battery = {
  /** What an expectation inside of a step has to say: thrown there it would be one more error to undo. */
  readonly problems: unknown[];
  readonly see: () => Promise<unknown>;
  readonly varies: ReadonlySet<string>;
};

function hold({ problems }: Battery, expectation: () => void): void {
  try {
    expectation();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : error);
  }
}

/** As after a crash between the effect and its outcome: the second time knows nothing of what the first has returned. */
const runTwice = (step: Step, battery: Battery): Step => ({
  ...step,
  async run(services, context) {
    const first = await step.run(services, context);
    const once = await battery.see();
    const second = await step.run(services, { ...context, resumed: true });
    const twice = await battery.see();
    hold(battery, () => expect({ step: step.name, world: twice }).toEqual({ step: step.name, world: once }));
    hold(battery, () => expect(steady(second, battery)).toEqual(steady(first, battery)));
    return second;
  },
});

const steady = (returned: object | void, { varies }: Battery): object =>
  Object.fromEntries(Object.entries(returned ?? {}).filter(([name]) => !varies.has(name)));

function undoTwice(step: Step, battery: Battery): Step {
  const { undo } = step;
  if (typeof undo !== 'function') return step;
  const twice = async (services: FlowServices, context: Context) => {
    const first = await undo(services, context);
    const once = await battery.see();
    const second = await undo(services, context);
    const world = await battery.see();
    hold(battery, () => expect({ step: step.name, world }).toEqual({ step: step.name, world: once }));
    hold(battery, () => expect({ step: step.name, second }).toEqual({ step: step.name, second: first }));
    return second;
  };
  return { ...step, undo: twice };
}

/** For good, the first time that it runs; if it runs again, it has all its strength. */
function failOnce(step: Step, when: 'before' | 'after'): Step {
  let failed = false;
  return {
    ...step,
    async run(services, context) {
      if (failed) return step.run(services, context);
      failed = true;
      if (when === 'after') await step.run(services, context);
      throw new AppError('conflict', `The battery lets step ${step.name} fail.`, { retry: 'never' });
    },
  };
}
