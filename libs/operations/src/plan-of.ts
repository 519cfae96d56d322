import { AppError } from '@diecast/model';
import type { AnyOperation } from './definition.js';
import type { PlannedStep, StepPlan } from './next-action.js';

export function planOf<Services>(definition: AnyOperation<Services>): StepPlan {
  const steps = definition.steps.map((step) => ({
    name: step.name,
    hasUndo: typeof step.undo === 'function',
    ...(step.attempts === undefined ? {} : { attempts: step.attempts }),
  }));
  const pivot = pivotOf(definition, steps);
  return { steps, ...(pivot === undefined ? {} : { pivot }) };
}

/** An operation that says nothing has its pivot within the last step when that one cannot be undone: then it is done. */
function pivotOf<Services>(
  { pivot }: AnyOperation<Services>,
  steps: readonly PlannedStep[],
): StepPlan['pivot'] {
  if (typeof pivot === 'string') return { step: pivot, from: 'start' };
  if (pivot !== undefined) return { step: pivot.within, from: 'success' };
  const last = steps.at(-1);
  return last === undefined || last.hasUndo ? undefined : { step: last.name, from: 'success' };
}

/** @throws AppError `internal` when an undo of this step may not say `passed` */
export function requirePivotWithin({ pivot }: StepPlan, step: string): void {
  if (pivot?.from === 'success' && pivot.step === step) return;
  throw new AppError(
    'internal',
    `Undoing step ${step} says that a pivot is passed, and none lies within it.`,
    {
      retry: 'never',
    },
  );
}
