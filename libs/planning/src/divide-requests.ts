import { shareOf, type RolloutStage, type Shares } from '@diecast/model';
import { countOf } from './fleet.js';
import type { Course } from './set-course.js';
import { SWITCHED } from './find-stage.js';
import type { ServiceView, Verdict } from './service-plan.js';
import { isReturn } from './strategy.js';
import { acceptedOf, unwantedOf, type Stock } from './take-stock.js';

const only = (iteration: number): Shares => ({ [iteration]: 100 });

/**
 * Who is to get which part of the requests; null: every healthy machine alike. With blue-green the new iteration gets none,
 * and then all.
 */
export function divideRequests(
  view: ServiceView,
  course: Course,
  stage: RolloutStage | null,
  stock: Stock,
  verdict: Verdict,
): Shares | null {
  const { service, rollout } = view;
  const { base, iteration, strategy } = course;
  // What a rollout that failed has kept from the requests leaves first; then there is nobody left to keep them from.
  if (rollout === null || stage === null)
    return course.kind === 'hold' && unwantedOf(stock, course).length > 0 ? service.shares : null;
  if (verdict.outcome === 'succeeded') return null;
  // What was on trial gets nothing more; the rest is the next rollout's.
  if (verdict.outcome !== 'continue')
    return service.shares !== null && base.size > 0 ? split(100, course, stock) : service.shares;
  if (isReturn(rollout)) return divideOnReturn(view, course, stock);
  if (strategy === 'rolling' || strategy === 'recreate') return null;
  // Whoever is healthy serves, when nobody else does.
  if (base.size === 0) return only(iteration);
  if (strategy === 'blueGreen')
    return stage.name === 'preview' || isCasting(stage) ? split(100, course, stock) : only(iteration);
  const weight = service.rollout.steps[stage.step]?.weight;
  return weight === undefined ? null : { ...split(100 - weight, course, stock), [iteration]: weight };
}

const isCasting = ({ name, step }: RolloutStage): boolean => name === 'cast' && step < SWITCHED;

/** A part of the requests among the iterations of the base, by the number of their machines. */
function split(percent: number, { base }: Pick<Course, 'base'>, stock: Stock): Shares {
  const weighed = [...base]
    .toSorted((a, b) => a - b)
    .map((iteration) => ({
      iteration,
      count: countOf(
        stock.members.filter((member) => member.iteration === iteration),
        'ready',
        'held',
        'staged',
      ),
    }));
  const all = weighed.reduce((sum, { count }) => sum + count, 0);
  let seen = 0;
  return Object.fromEntries(
    weighed.map(({ iteration, count }) => {
      // Cut where the running total falls, so that the parts add up.
      const from = Math.round((percent * seen) / all);
      seen += count;
      return [String(iteration), Math.round((percent * seen) / all) - from];
    }),
  );
}

/** All at once, as soon as as many are there as must serve at least; until then they help those that serve now. */
function divideOnReturn({ service }: ServiceView, course: Course, stock: Stock): Shares | null {
  const { iteration, base, floor } = course;
  const there = countOf(acceptedOf(stock, course), 'ready', 'held', 'staged');
  if (base.size === 0 || there >= Math.max(1, floor)) return only(iteration);
  if (there === 0 || shareOf(service.shares, iteration) !== 0) return service.shares;
  return split(100, { base: new Set([...base, iteration]) }, stock);
}
