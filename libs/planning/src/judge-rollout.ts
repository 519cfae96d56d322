import type { Progress, RolloutStage } from '@diecast/model';
import { countOf, ofStanding } from './fleet.js';
import { judgeGates } from './judge-gates.js';
import { failuresInRow } from './pace-casts.js';
import type { Course } from './set-course.js';
import type { RunningRollout, ServiceView, Verdict } from './service-plan.js';
import { acceptedOf, isComplete, unwantedOf, type Stock } from './take-stock.js';
import { counted } from './words.js';

/**
 * Whether a rollout is over. It has succeeded when it has proved good and nothing of what it replaced is left. It has
 * failed when a gate did not hold, or when it stopped getting on; a person who has stopped it suspends only the latter.
 */
export function judgeRollout(
  view: ServiceView,
  course: Course,
  stage: RolloutStage | null,
  stock: Stock,
  now: Date,
): Verdict {
  const { rollout } = view;
  if (rollout === null || stage === null) return { outcome: 'continue' };
  if (stage.name === 'retire' && isComplete(course, stock)) return { outcome: 'succeeded' };
  const reason = judgeGates(view, course, stock) ?? judgeProgress(view, rollout, course, stage, stock, now);
  return reason === null ? { outcome: 'continue' } : failFor(view, reason);
}

/** A known-good iteration is not what is broken; without another good one there is nothing to go back to. */
function failFor({ service, knownGood }: ServiceView, reason: string): Verdict {
  const back = service.rollout.automaticRollback && !knownGood.current ? knownGood.other : null;
  return back === null ? { outcome: 'failed', reason } : { outcome: 'rollBack', to: back, reason };
}

/**
 * A rollout has its deadline (and the time that a machine may take to drain) from one newly available machine to the
 * next. Only a machine that is available still counts as one: a machine that comes up and dies again and again is no
 * progress. When all serve that are wanted now and only old ones have to leave, it is not the iteration that is in the
 * way, and the rollout waits.
 */
function judgeProgress(
  view: ServiceView,
  rollout: RunningRollout,
  course: Course,
  stage: RolloutStage,
  stock: Stock,
  now: Date,
): string | null {
  const serving = ofStanding(acceptedOf(stock, course), 'ready', 'held', 'staged');
  if (rollout.pausedAt !== null || serving.length >= course.target) return null;
  const { progressDeadlineSeconds, drainSeconds } = view.service.rollout;
  const last = Math.max(
    rollout.startedAt.getTime(),
    rollout.resumedAt?.getTime() ?? 0,
    // A step of a canary begins when the one before has had its time.
    stage.name === 'cast' && stage.step > 0 ? Date.parse(stage.since) : 0,
    ...serving.map(({ availableAt }) => availableAt?.getTime() ?? 0),
  );
  if (now.getTime() - last < (progressDeadlineSeconds + drainSeconds) * 1000) return null;
  const [failure] = failuresInRow(view.attempts, course.iteration, rollout.startedAt.getTime());
  const standing = `${serving.length} of ${counted(course.target, 'machine')} of iteration ${course.iteration} available, and no other became so for ${progressDeadlineSeconds} s`;
  return failure === undefined ? standing : `${standing}; the last one said: ${failure.message}`;
}

/** Every replica that serves is a step done, every unwanted machine a step to do. */
export function measureRollout(course: Course, stock: Stock): Progress {
  const accepted = acceptedOf(stock, course);
  const serving = Math.min(course.replicas, countOf(accepted, 'ready', 'held', 'staged'));
  const left = unwantedOf(stock, course).length;
  const steps = Math.max(1, course.replicas + left);
  const rest = left === 0 ? '' : `, ${left} of other iterations left`;
  return {
    percent: Math.floor((99 * serving) / steps),
    message: `${serving} of ${counted(course.replicas, 'machine')} of iteration ${course.iteration} available${rest}`,
  };
}
