import type { Member } from './fleet.js';
import type { Course } from './set-course.js';
import type { Deed, ServiceView } from './service-plan.js';
import type { Stock } from './take-stock.js';
import { counted } from './words.js';

/** Which waiting machines are woken: as many as are missing, before anything is cast. */
export function planResumes(course: Course, stock: Stock): readonly Deed[] {
  const missing = Math.max(0, course.target - stock.present);
  // What must not run twice waits until the others are gone.
  if (course.strategy === 'recreate' && stock.members.some(({ iteration }) => !course.accepts(iteration)))
    return [];
  return wakeable(course, stock)
    .slice(0, missing)
    .map(({ id, iteration }) => ({
      instanceId: id,
      reason: `${counted(missing, 'machine')} of iteration ${iteration} missing, and this one waits in memory`,
    }));
}

const wakeable = (course: Course, stock: Stock): readonly Member[] =>
  stock.standby.filter(({ iteration, host }) => iteration === course.iteration && !stock.isAway(host));

/** Whether a machine that is replaced is kept, paused in memory: of the last known-good iteration, up to the replicas. */
export function maySetAside(
  { service, knownGood, rollout }: ServiceView,
  stock: Stock,
): (member: Member) => boolean {
  const { replicas } = service;
  const waiting = stock.standby.filter(({ iteration }) => iteration === knownGood.other).length;
  const leaving = stock.members.filter(
    ({ iteration, standing }) => iteration === knownGood.other && standing === 'leaving',
  ).length;
  let room = replicas - waiting - leaving;
  return ({ iteration, standing, host }) => {
    const isGood = standing === 'ready' || standing === 'held' || standing === 'staged';
    if (rollout === null || service.rollout.standbySeconds === 0 || iteration !== knownGood.other)
      return false;
    if (!isGood || stock.isQuiet(host) || room <= 0) return false;
    room -= 1;
    return true;
  };
}

/** Which waiting machines go: nobody will want them, or somebody else needs their room. */
export function planStandbyEnds(view: ServiceView, course: Course, stock: Stock, now: Date): readonly Deed[] {
  const missing = course.target - stock.present;
  const mayWake = new Set(missing > 0 ? wakeable(course, stock).map(({ id }) => id) : []);
  const candidates = stock.standby.filter(({ id, host }) => !mayWake.has(id) && !stock.isAway(host));
  const ended = candidates.flatMap((member) => {
    const reason = whyItEnds(view, course, member, now);
    return reason === null ? [] : [{ instanceId: member.id, reason }];
  });
  if (ended.length > 0 || !lacksRoom(view, course)) return ended;
  const [oldest] = candidates.toSorted((a, b) => standbySince(a) - standbySince(b));
  if (oldest === undefined) return [];
  const reason = 'the last cast found no room on any host: this one gives its room';
  return [{ instanceId: oldest.id, reason }];
}

const standbySince = ({ standbyAt }: Member): number => standbyAt?.getTime() ?? 0;

function whyItEnds(
  { service, knownGood, rollout, settledAt }: ServiceView,
  course: Course,
  member: Member,
  now: Date,
): string | null {
  const { standbySeconds } = service.rollout;
  if (member.iteration === course.iteration)
    return rollout === null ? `all ${course.replicas} that are wanted are there` : null;
  if (member.iteration !== knownGood.other)
    return `iteration ${member.iteration} is no longer the last known-good one besides ${service.iteration}`;
  // The window begins when the rollout is over: a long one must not use it up.
  const since = Math.max(standbySince(member), settledAt?.getTime() ?? 0);
  if (rollout !== null || now.getTime() - since < standbySeconds * 1000) return null;
  return `it has waited for ${standbySeconds} s: going back casts anew from now on`;
}

/** Whether the newest try at making a machine of the wanted iteration found no host for it. */
const lacksRoom = ({ attempts }: ServiceView, { iteration }: Course): boolean =>
  attempts.find((attempt) => attempt.iteration === iteration && attempt.outcome !== 'cancelled')?.noRoom ===
  true;
