import { chooseToLetGo, countOf, ofStanding, type Member } from './fleet.js';
import type { Course } from './set-course.js';
import type { Departure, ServiceView, Wait } from './service-plan.js';
import { acceptedOf, freeOf, startingOf, unwantedOf, type Stock } from './take-stock.js';
import { counted } from './words.js';

type Departures = {
  readonly callOff: readonly Departure[];
  readonly fail: readonly Departure[];
  readonly discontinue: readonly Departure[];
  readonly wait: readonly Wait[];
};

/** Who goes, and why. Whoever serves goes only while the floor holds without it. */
export function planDepartures(view: ServiceView, course: Course, stock: Stock): Departures {
  const serving = letServingGo(course, stock);
  return {
    callOff: planCallOffs(course, stock),
    fail: startingOf(stock).filter(isDeserted).map(sayDeserted),
    discontinue: [
      ...clearFailed(stock),
      ...finishHalfway(stock),
      ...letSickGo(view, course, stock),
      ...letIdleGo(course, stock),
      ...serving.discontinue,
    ],
    wait: [...serving.wait, ...waitForHosts(course, stock)],
  };
}

/** Machines on their way that nobody wants: of another iteration, or more than are needed. */
function planCallOffs(course: Course, stock: Stock): readonly Departure[] {
  const mayGo = startingOf(stock).filter(({ mayCallOff }) => mayCallOff);
  const unwanted = mayGo.filter(({ iteration }) => !course.accepts(iteration));
  const own = mayGo.filter(({ iteration }) => course.accepts(iteration));
  // What starts in the place of a held one (a replacement) is none too many.
  const accepted = acceptedOf(stock, course);
  const tooMany = countOf(accepted, 'ready', 'held') + own.length - course.replicas;
  const youngest = own.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return [
    ...unwanted.map(({ id, iteration }) => ({
      instanceId: id,
      reason: `iteration ${iteration} is no longer wanted`,
    })),
    ...youngest.slice(0, Math.max(0, tooMany)).map(({ id }) => ({
      instanceId: id,
      reason: `${course.replicas} are wanted, and this one serves nobody yet`,
    })),
  ];
}

/** Half made, and the operation that made it is over. */
const isDeserted = ({ busy, status }: Member): boolean => !busy && status !== 'available';
const sayDeserted = ({ id, status }: Member): Departure => ({
  instanceId: id,
  reason: `It is ${status}, and no operation works on it any more.`,
});

const clearFailed = (stock: Stock): readonly Departure[] =>
  stock.failed
    .filter(({ host }) => !stock.isAway(host))
    .map(({ id, statusReason }) => ({
      instanceId: id,
      reason: `it failed and what is left of it is cleared away: ${statusReason ?? 'no reason is known'}`,
    }));

const finishHalfway = (stock: Stock): readonly Departure[] =>
  freeOf(stock, ofStanding(stock.members, 'leaving')).map(({ id }) => ({
    instanceId: id,
    reason: 'its discontinuation ended halfway',
  }));

/**
 * Sick machines go when nobody needs them any more. Before that only where there is no room for a replacement, and one
 * after the other: all may be sick for the same reason, and the reason may be ours. Not while their host is quiet: a
 * discontinuation that is started on a host that turns out to be gone can only get stuck.
 */
function letSickGo(view: ServiceView, course: Course, stock: Stock): readonly Departure[] {
  const sick = freeOf(stock, ofStanding(stock.members, 'sick')).filter(({ host }) => !stock.isQuiet(host));
  const spare = sick.filter(
    ({ iteration }) => stock.ready >= (course.accepts(iteration) ? course.replicas : course.floor),
  );
  if (spare.length > 0)
    return spare.map(({ id }) => ({
      instanceId: id,
      reason: `it is not healthy, and ${stock.ready} others are available`,
    }));
  const noRoom = stock.members.length >= course.ceiling && stock.present < course.replicas;
  if (!noRoom) return [];
  const underWay = countOf(stock.members, 'starting', 'leaving');
  const count = Math.max(1, view.service.rollout.maxUnavailable) - underWay;
  return chooseToLetGo(sick, Math.max(0, count), stock.members).map(({ id }) => ({
    instanceId: id,
    reason: `it is not healthy, and at most ${course.ceiling} machines may exist: it makes room for the next`,
  }));
}

/** Of an unwanted iteration and not in traffic: they go like those that serve, but cost nothing. */
function letIdleGo(course: Course, stock: Stock): readonly Departure[] {
  if (stock.ready < course.floor) return [];
  const idle = ofStanding(unwantedOf(stock, course), 'starting').filter(
    ({ status }) => status === 'available',
  );
  return freeOf(stock, idle).map(({ id, iteration }) => ({
    instanceId: id,
    reason: `iteration ${iteration} is no longer wanted, and it takes no requests`,
  }));
}

/** Those of an unwanted iteration first, then what is more than the replicas. */
function letServingGo(
  course: Course,
  stock: Stock,
): { readonly discontinue: readonly Departure[]; readonly wait: readonly Wait[] } {
  const unwanted = ofStanding(unwantedOf(stock, course), 'ready');
  const budget = Math.max(0, stock.ready - course.floor);
  const old = chooseToLetGo(freeOf(stock, unwanted), budget, stock.members);
  const accepted = ofStanding(acceptedOf(stock, course), 'ready');
  const surplus = Math.max(0, Math.min(accepted.length - course.replicas, budget - old.length));
  const extra = chooseSurplus(freeOf(stock, accepted), surplus, course, stock);
  const enough = `${stock.ready} available, at least ${course.floor} needed`;
  const wait: Wait[] = [];
  if (unwanted.length > 0 && budget === 0)
    wait.push({ reason: `${enough}: no machine of an earlier iteration may leave yet` });
  return {
    discontinue: [
      ...old.map(({ id, iteration }) => ({
        instanceId: id,
        reason: `${enough}: one of iteration ${iteration} may leave for iteration ${course.iteration}`,
      })),
      ...extra.map(({ id }) => ({
        instanceId: id,
        reason: `${counted(accepted.length, 'machine')} available, ${course.replicas} wanted: this one is too many`,
      })),
    ],
    wait,
  };
}

/** Where several iterations may stay, the one that is not known to be good goes first. */
function chooseSurplus(
  candidates: readonly Member[],
  count: number,
  course: Course,
  stock: Stock,
): readonly Member[] {
  const doubtful = candidates.filter(({ iteration }) => iteration !== course.iteration);
  const good = candidates.filter(({ iteration }) => iteration === course.iteration);
  const first = chooseToLetGo(doubtful, count, stock.members);
  return [...first, ...chooseToLetGo(good, count - first.length, stock.members)];
}

/** A discontinuation on a host that does not answer could only get stuck. */
function waitForHosts(course: Course, stock: Stock): readonly Wait[] {
  const serving = ofStanding(unwantedOf(stock, course), 'ready', 'held');
  return [...stock.lost, ...serving, ...stock.failed]
    .filter(({ host }) => stock.isAway(host))
    .map(({ id, host }) => ({
      instanceId: id,
      reason: `host ${host ?? ''} does not answer: the machine is cleared away when its host is back`,
    }));
}
