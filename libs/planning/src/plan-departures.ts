import type { RolloutSpec } from '@diecast/model';
import type { Brake } from './apply-brake.js';
import { chooseToLetGo, countOf, ofStanding, type Member } from './fleet.js';
import type { Course } from './set-course.js';
import type { Deed, ServiceView, Wait } from './service-plan.js';
import { maySetAside } from './plan-standby.js';
import { acceptedOf, freeOf, startingOf, unwantedOf, type Stock } from './take-stock.js';
import { counted } from './words.js';

type Departures = {
  readonly callOff: readonly Deed[];
  readonly fail: readonly Deed[];
  readonly discontinue: readonly Deed[];
  readonly park: readonly Deed[];
  readonly wait: readonly Wait[];
};

/** Who goes, and why. Whoever serves goes only while the floor holds without it. */
export function planDepartures(
  view: ServiceView,
  course: Course,
  stock: Stock,
  brake: Brake | null,
): Departures {
  const serving = letServingGo(view, course, stock);
  const replaced = setAside(
    [...letIdleGo(view, course, stock), ...serving.replaced],
    maySetAside(view, stock),
  );
  return {
    callOff: planCallOffs(course, stock),
    fail: startingOf(stock).filter(isDeserted).map(sayDeserted),
    discontinue: [
      ...planClearing(stock),
      ...(brake === null ? letSickGo(view, course, stock) : []),
      ...replaced.discontinue,
      ...serving.surplus,
    ],
    park: replaced.park,
    wait: [
      ...serving.wait,
      ...waitForHosts(course, stock),
      ...(brake === null ? [] : [{ reason: brake.reason }]),
    ],
  };
}

/** A machine that goes, before it is decided how. */
type Leaver = { readonly member: Member; readonly reason: string };

function setAside(
  leavers: readonly Leaver[],
  mayWait: (member: Member) => boolean,
): Pick<Departures, 'park' | 'discontinue'> {
  const park: Deed[] = [];
  const discontinue: Deed[] = [];
  for (const { member, reason } of leavers) {
    if (mayWait(member)) park.push({ instanceId: member.id, reason: `${reason}; it waits in memory` });
    else discontinue.push({ instanceId: member.id, reason });
  }
  return { park, discontinue };
}

/** What is gone or broken is cleared away whatever stands still. */
export const planClearing = (stock: Stock): readonly Deed[] => [
  ...clearFailed(stock),
  ...finishHalfway(stock),
];

/** Machines on their way that nobody wants: of another iteration, or more than are needed. */
function planCallOffs(course: Course, stock: Stock): readonly Deed[] {
  const mayGo = startingOf(stock).filter(({ mayCallOff }) => mayCallOff);
  const unwanted = mayGo.filter(({ iteration }) => !course.accepts(iteration));
  const own = mayGo.filter(({ iteration }) => course.accepts(iteration));
  // What starts in the place of a held one (a replacement) is none too many.
  const accepted = acceptedOf(stock, course);
  const tooMany = countOf(accepted, 'ready', 'held', 'staged') + own.length - course.target;
  const youngest = own.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  return [
    ...unwanted.map(({ id, iteration }) => ({
      instanceId: id,
      reason: `iteration ${iteration} is no longer wanted`,
    })),
    ...youngest.slice(0, Math.max(0, tooMany)).map(({ id }) => ({
      instanceId: id,
      reason: `${course.target} are wanted, and this one serves nobody yet`,
    })),
  ];
}

/** Half made, and the operation that made it is over. */
const isDeserted = ({ busy, status }: Member): boolean => !busy && status !== 'available';
const sayDeserted = ({ id, status }: Member): Deed => ({
  instanceId: id,
  reason: `It is ${status}, and no operation works on it any more.`,
});

const clearFailed = (stock: Stock): readonly Deed[] =>
  stock.failed
    .filter(({ host }) => !stock.isAway(host))
    .map(({ id, statusReason }) => ({
      instanceId: id,
      reason: `it failed and what is left of it is cleared away: ${statusReason ?? 'no reason is known'}`,
    }));

const finishHalfway = (stock: Stock): readonly Deed[] =>
  freeOf(stock, stock.leaving).map(({ id }) => ({
    instanceId: id,
    reason: 'its discontinuation ended halfway',
  }));

/**
 * Sick machines go when nobody needs them any more. Before that only where there is no room for a replacement, and one
 * after the other: all may be sick for the same reason, and the reason may be ours. Not while their host is quiet: a
 * discontinuation that is started on a host that turns out to be gone can only get stuck.
 */
function letSickGo(view: ServiceView, course: Course, stock: Stock): readonly Deed[] {
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
  return chooseToLetGo(sick, Math.max(0, count), stock.members, view.service.rollout.order).map(({ id }) => ({
    instanceId: id,
    reason: `it is not healthy, and at most ${course.ceiling} machines may exist: it makes room for the next`,
  }));
}

/** Of an unwanted iteration and not in traffic: they go like those that serve, but cost nothing. */
function letIdleGo(view: ServiceView, course: Course, stock: Stock): readonly Leaver[] {
  if (stock.ready < course.floor) return [];
  const unwanted = unwantedOf(stock, course);
  const idle = ofStanding(unwanted, 'starting').filter(({ status }) => status === 'available');
  const staged = ofStanding(unwanted, 'staged');
  const candidates = freeOf(stock, [...idle, ...staged]).filter(
    ({ iteration }) => !course.base.has(iteration),
  );
  const ofBase = freeOf(stock, [...idle, ...staged]).filter(({ iteration }) => course.base.has(iteration));
  const spare = Math.max(0, countOfBase(course, stock) - course.keep);
  const free = chooseToLetGo(ofBase, spare, stock.members, view.service.rollout.order);
  return [...candidates, ...free].map((member) => ({
    member,
    reason: `iteration ${member.iteration} is no longer wanted, and it takes no requests`,
  }));
}

const countOfBase = (course: Course, stock: Stock): number =>
  countOf(
    stock.members.filter(({ iteration }) => course.base.has(iteration)),
    'ready',
    'held',
    'staged',
  );

/** Those of an unwanted iteration first, then what is more than the replicas. */
function letServingGo(
  view: ServiceView,
  course: Course,
  stock: Stock,
): {
  readonly replaced: readonly Leaver[];
  readonly surplus: readonly Deed[];
  readonly wait: readonly Wait[];
} {
  const { order } = view.service.rollout;
  const unwanted = ofStanding(unwantedOf(stock, course), 'ready');
  const budget = Math.max(0, stock.ready - course.floor);
  // Of the base, as many stay as the stage wants; of what is neither old nor new, none.
  const ofBase = freeOf(stock, unwanted).filter(({ iteration }) => course.base.has(iteration));
  const others = freeOf(stock, unwanted).filter(({ iteration }) => !course.base.has(iteration));
  const spare = Math.max(0, countOfBase(course, stock) - course.keep);
  const old = chooseToLetGo(
    [...others, ...ofBase],
    Math.min(budget, others.length + spare),
    stock.members,
    order,
  );
  const accepted = ofStanding(acceptedOf(stock, course), 'ready');
  const tooMany = Math.max(0, Math.min(accepted.length - course.target, budget - old.length));
  const extra = chooseSurplus(freeOf(stock, accepted), tooMany, course, stock, order);
  const enough = `${stock.ready} available, at least ${course.floor} needed`;
  return {
    replaced: old.map((member) => ({
      member,
      reason: `${enough}: one of iteration ${member.iteration} may leave for iteration ${course.iteration}`,
    })),
    surplus: extra.map(({ id }) => ({
      instanceId: id,
      reason: `${counted(accepted.length, 'machine')} available, ${course.target} wanted: this one is too many`,
    })),
    wait: unwanted.length > 0 && old.length === 0 ? whyOldStay(course, stock, budget, enough) : [],
  };
}

function whyOldStay(course: Course, stock: Stock, budget: number, enough: string): readonly Wait[] {
  if (budget === 0) return [{ reason: `${enough}: no machine of an earlier iteration may leave yet` }];
  const stay = Math.min(course.keep, countOfBase(course, stock));
  if (stay === 0) return [];
  return [
    {
      reason: `${counted(stay, 'machine')} of ${[...course.base].map((each) => `iteration ${each}`).join(' and ')} ${stay === 1 ? 'stays' : 'stay'} until iteration ${course.iteration} has proved good`,
    },
  ];
}

/** Where several iterations may stay, the one that is not known to be good goes first. */
function chooseSurplus(
  candidates: readonly Member[],
  count: number,
  course: Course,
  stock: Stock,
  order: RolloutSpec['order'],
): readonly Member[] {
  const doubtful = candidates.filter(({ iteration }) => iteration !== course.iteration);
  const good = candidates.filter(({ iteration }) => iteration === course.iteration);
  const first = chooseToLetGo(doubtful, count, stock.members, order);
  return [...first, ...chooseToLetGo(good, count - first.length, stock.members, order)];
}

/** A discontinuation on a host that does not answer could only get stuck. */
function waitForHosts(course: Course, stock: Stock): readonly Wait[] {
  const serving = ofStanding(unwantedOf(stock, course), 'ready', 'held', 'staged');
  return [...stock.lost, ...serving, ...stock.failed]
    .filter(({ host }) => stock.isAway(host))
    .map(({ id, host }) => ({
      instanceId: id,
      reason: `host ${host ?? ''} does not answer: the machine is cleared away when its host is back`,
    }));
}
