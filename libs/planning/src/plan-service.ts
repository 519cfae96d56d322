import { isComplete, judgeRollout, measureRollout } from './judge-rollout.js';
import { planCasts } from './plan-casts.js';
import { planDepartures } from './plan-departures.js';
import { setCourse, type Course } from './set-course.js';
import type { ServicePlan, ServiceView } from './service-plan.js';
import { takeStock, type Stock } from './take-stock.js';

const NOTHING: ServicePlan = {
  cast: [],
  callOff: [],
  fail: [],
  discontinue: [],
  wait: [],
  progress: null,
  verdict: { outcome: 'continue' },
  provesGood: false,
};

/**
 * What a service needs next. Pure, and independent of the order in which its machines are told: the same view at the
 * same time gives the same plan. It keeps between two bounds: never does it let go of a machine so that fewer than
 * `replicas - maxUnavailable` are left that serve and that nobody else is about to take away, and never does it cast one
 * so that more than `replicas + maxSurge` exist, those that are leaving among them.
 *
 * A machine on a host that does not answer counts as long as its health check passes. After that it is lost: replaced
 * elsewhere, and cleared away when its host is back.
 */
export function planService(view: ServiceView, now: Date): ServicePlan {
  // A service that is deleted is taken apart by the operation that deletes it.
  if (view.service.status !== 'active') return NOTHING;
  const course = setCourse(view);
  const stock = takeStock(view, course);
  const verdict = judgeRollout(view, course, stock, now);
  const progress = view.rollout === null ? null : measureRollout(course, stock);
  const provesGood = isProof(view, course, stock);
  if (verdict.outcome !== 'continue') return { ...NOTHING, verdict, progress, provesGood };
  const casts = planCasts(view, course, stock, now);
  const departures = planDepartures(view, course, stock);
  return {
    ...departures,
    cast: casts.cast,
    wait: [...casts.wait, ...departures.wait],
    progress,
    verdict,
    provesGood,
  };
}

/** Also after a rollout that failed: an iteration that needed longer than its deadline is a good one after all. */
function isProof({ service, knownGood, rollout }: ServiceView, course: Course, stock: Stock): boolean {
  if (rollout === null && knownGood.current) return false;
  return (
    service.replicas > 0 &&
    isComplete(course, stock) &&
    stock.members.every(({ iteration }) => iteration === service.iteration)
  );
}
