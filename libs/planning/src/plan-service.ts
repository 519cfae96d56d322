import { canonicalJson, type RolloutStage } from '@diecast/model';
import { findBrake } from './apply-brake.js';
import { divideRequests } from './divide-requests.js';
import { countOf } from './fleet.js';
import { findStage } from './find-stage.js';
import { judgeRollout, measureRollout } from './judge-rollout.js';
import { planCasts } from './plan-casts.js';
import { planClearing, planDepartures } from './plan-departures.js';
import { planResumes, planStandbyEnds } from './plan-standby.js';
import { paceCourse, setCourse, type Course } from './set-course.js';
import type { ServicePlan, ServiceView } from './service-plan.js';
import { acceptedOf, isComplete, takeStock, type Stock } from './take-stock.js';
import { isoSeconds } from './words.js';

const NOTHING: ServicePlan = {
  cast: [],
  callOff: [],
  fail: [],
  discontinue: [],
  park: [],
  resume: [],
  wait: [],
  shares: null,
  stage: null,
  progress: null,
  verdict: { outcome: 'continue' },
  provesGood: false,
};

/**
 * What a service needs next. Pure, and independent of the order in which its machines are told: the same view at the
 * same time gives the same plan. It keeps between two bounds: never does it let go of a machine so that fewer than
 * `replicas - maxUnavailable` are left that serve and that nobody else is about to take away, and never does it cast one
 * so that more than `replicas + maxSurge` exist (twice the replicas with blue-green), those that are leaving among them.
 * What waits paused in memory counts in neither.
 *
 * A machine on a host that does not answer counts as long as its health check passes. After that it is lost: replaced
 * elsewhere, and cleared away when its host is back.
 */
export function planService(view: ServiceView, now: Date): ServicePlan {
  // A service that is deleted is taken apart by the operation that deletes it.
  if (view.service.status !== 'active') return { ...NOTHING, shares: view.service.shares };
  const wide = setCourse(view);
  const stock = takeStock(view, wide);
  const stage = findStage(view, wide, stock, now);
  const course = paceCourse(wide, stage, view.service);
  const verdict = judgeRollout(view, course, stage, stock, now);
  const known = {
    shares: divideRequests(view, course, stage, stock, verdict),
    stage,
    progress: view.rollout === null ? null : measureRollout(course, stock),
    verdict,
    provesGood: isProof(view, course, stage, stock),
  };
  if (verdict.outcome !== 'continue') return { ...NOTHING, ...known };
  if (view.rollout?.pausedAt != null)
    return { ...NOTHING, ...known, ...standStill(view.rollout.pausedAt, stock) };
  return { ...NOTHING, ...known, ...act(view, course, stock, now) };
}

function act(view: ServiceView, course: Course, stock: Stock, now: Date): Partial<ServicePlan> {
  const brake = findBrake(view, course, stock);
  const resume = planResumes(course, stock);
  const casts = planCasts(view, course, stock, now, { waking: resume.length, brake });
  const departures = planDepartures(view, course, stock, brake);
  const ends = planStandbyEnds(view, course, stock, now);
  return {
    ...departures,
    discontinue: [...departures.discontinue, ...ends],
    resume,
    cast: casts.cast,
    wait: [...casts.wait, ...departures.wait],
  };
}

const standStill = (since: Date, stock: Stock): Partial<ServicePlan> => ({
  discontinue: planClearing(stock),
  wait: [{ reason: `a person has stopped it at ${isoSeconds(since)}: it goes on when it is resumed` }],
});

/** Also after a rollout that failed: an iteration that needed longer than its deadline is a good one after all. */
function isProof(
  { service, knownGood, rollout }: ServiceView,
  course: Course,
  stage: RolloutStage | null,
  stock: Stock,
): boolean {
  if (service.replicas === 0) return false;
  if (rollout !== null)
    return stage?.name === 'retire' && countOf(acceptedOf(stock, course), 'ready', 'held') >= course.replicas;
  const isWhole =
    isComplete(course, stock) && stock.members.every(({ iteration }) => iteration === service.iteration);
  return isWhole && !knownGood.current;
}

/** Whether the plan gives the requests to others than they go to now. */
export const movesRequests = ({ service }: Pick<ServiceView, 'service'>, { shares }: ServicePlan): boolean =>
  canonicalJson(service.shares) !== canonicalJson(shares);
