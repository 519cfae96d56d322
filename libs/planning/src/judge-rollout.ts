import type { Progress } from '@diecast/model';
import { countOf, ofStanding } from './fleet.js';
import { failuresInRow } from './pace-casts.js';
import type { Course } from './set-course.js';
import type { ServiceView, Verdict } from './service-plan.js';
import { acceptedOf, unwantedOf, type Stock } from './take-stock.js';
import { counted } from './words.js';

/** All replicas serve, all of an accepted iteration, and nothing else exists but what is lost. */
export function isComplete(course: Course, stock: Stock): boolean {
  const accepted = acceptedOf(stock, course);
  return (
    stock.members.length === accepted.length &&
    accepted.length === course.replicas &&
    countOf(accepted, 'ready', 'held') === course.replicas
  );
}

/**
 * A rollout has its deadline (and the time that a machine may take to drain) from one newly available machine to the
 * next. Only a machine that is available still counts as one: a machine that comes up and dies again and again is no
 * progress. When all replicas serve and only the old ones have to leave, it is not the iteration that is in the way,
 * and the rollout waits.
 */
export function judgeRollout(view: ServiceView, course: Course, stock: Stock, now: Date): Verdict {
  const { service, rollout, knownGood } = view;
  if (rollout === null) return { outcome: 'continue' };
  if (isComplete(course, stock)) return { outcome: 'succeeded' };
  const serving = ofStanding(acceptedOf(stock, course), 'ready', 'held');
  if (serving.length >= course.replicas) return { outcome: 'continue' };

  const { progressDeadlineSeconds, drainSeconds, automaticRollback } = service.rollout;
  const last = Math.max(
    rollout.startedAt.getTime(),
    ...serving.map(({ availableAt }) => availableAt?.getTime() ?? 0),
  );
  if (now.getTime() - last < (progressDeadlineSeconds + drainSeconds) * 1000) return { outcome: 'continue' };

  const [failure] = failuresInRow(view.attempts, course.iteration, rollout.startedAt.getTime());
  const standing = `${serving.length} of ${counted(course.replicas, 'machine')} of iteration ${course.iteration} available, and no other became so for ${progressDeadlineSeconds} s`;
  const reason = failure === undefined ? standing : `${standing}; the last one said: ${failure.message}`;
  // A known-good iteration is not what is broken; without another good one there is nothing to go back to.
  const back = automaticRollback && !knownGood.current ? knownGood.other : null;
  return back === null ? { outcome: 'failed', reason } : { outcome: 'rollBack', to: back, reason };
}

/** Every replica that serves is a step done, every unwanted machine a step to do. */
export function measureRollout(course: Course, stock: Stock): Progress {
  const serving = Math.min(course.replicas, countOf(acceptedOf(stock, course), 'ready', 'held'));
  const left = unwantedOf(stock, course).length;
  const steps = Math.max(1, course.replicas + left);
  const rest = left === 0 ? '' : `, ${left} of other iterations left`;
  return {
    percent: Math.floor((99 * serving) / steps),
    message: `${serving} of ${counted(course.replicas, 'machine')} of iteration ${course.iteration} available${rest}`,
  };
}
