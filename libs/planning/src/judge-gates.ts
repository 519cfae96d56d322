import { ofStanding } from './fleet.js';
import type { Course } from './set-course.js';
import type { ServiceView } from './service-plan.js';
import { stageOf } from './strategy.js';
import { acceptedOf, type Stock } from './take-stock.js';

/** The gate of a rollout that does not hold, in a sentence; null: all do, or nothing new is on trial. */
export function judgeGates(view: ServiceView, course: Course, stock: Stock): string | null {
  const { rollout, knownGood } = view;
  if (rollout === null || knownGood.current) return null;
  return judgeAnalyses(view) ?? judgeMachines(view, course, stock);
}

function judgeAnalyses({ service, rollout }: ServiceView): string | null {
  for (const { name, failures } of service.rollout.analysis) {
    const finding = rollout?.findings.find((each) => each.name === name);
    if (finding !== undefined && finding.badInRow >= failures)
      return `analysis ${name} was bad ${finding.badInRow} times in a row; the last said: ${finding.message}`;
  }
  return null;
}

/**
 * While the gates are watched, no machine of the iteration on trial may die or stop being healthy. A host that does not answer
 * is no fault of the iteration; the sick ones on it are among the lost.
 */
function judgeMachines({ rollout }: ServiceView, course: Course, stock: Stock): string | null {
  if (rollout === null) return null;
  const { name, since } = stageOf(rollout);
  if (name !== 'canary' && name !== 'bake') return null;
  const dead = stock.failed.find(
    ({ iteration, host, endedAt }) =>
      iteration === course.iteration &&
      !stock.isAway(host) &&
      (endedAt === null || endedAt.getTime() >= Date.parse(since)),
  );
  if (dead !== undefined)
    return `machine ${dead.id} of iteration ${course.iteration} died while it was on trial: ${dead.statusReason ?? 'no reason is known'}`;
  const sick = ofStanding(acceptedOf(stock, course), 'sick').find(({ host }) => !stock.isQuiet(host));
  return sick === undefined
    ? null
    : `machine ${sick.id} of iteration ${course.iteration} stopped being healthy while it was on trial`;
}
