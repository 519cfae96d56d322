import type { Instance } from '@diecast/model';
import { countOf, failedOf, membersOf, ofStanding, type Member } from './fleet.js';
import type { Course } from './set-course.js';
import type { ServiceView } from './service-plan.js';

/** The machines of a service, counted the way that a course needs. */
export type Stock = {
  /**
   * Everything that exists, is about to, or is leaving: a machine that leaves still has its memory and its address, so
   * that it counts until it is gone. Those on hosts that do not answer count while they serve.
   */
  readonly members: readonly Member[];
  /** Not serving, on a host that does not answer: nobody can say what is left of them, and they count nowhere. */
  readonly lost: readonly Member[];
  readonly failed: readonly Instance[];
  /** Serve and nobody is about to take them away: what may be counted on. */
  readonly ready: number;
  /** Serve at this moment. */
  readonly serving: number;
  /** Of an accepted iteration, serving or on their way: what needs no replacement. */
  readonly present: number;
  readonly isAway: (host: string | null) => boolean;
  readonly isQuiet: (host: string | null) => boolean;
};

export function takeStock({ fleet, hosts, quiet }: ServiceView, course: Course): Stock {
  const isAway = (host: string | null): boolean => {
    const status = host === null ? undefined : hosts.get(host);
    return status === 'unreachable' || status === 'fenced';
  };
  const isLost = ({ host, standing }: Member): boolean =>
    isAway(host) && standing !== 'ready' && standing !== 'held';
  // By id, so that the same machines give the same plan in whatever order they are told.
  const all = [...membersOf(fleet)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const members = all.filter((member) => !isLost(member));
  const accepted = members.filter(({ iteration }) => course.accepts(iteration));
  return {
    members,
    lost: all.filter(isLost),
    failed: [...failedOf(fleet)].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ready: countOf(members, 'ready'),
    serving: countOf(members, 'ready', 'held'),
    present: countOf(accepted, 'ready', 'held', 'starting'),
    isAway,
    isQuiet: (host) => host !== null && quiet.has(host),
  };
}

export const acceptedOf = (stock: Stock, course: Course): readonly Member[] =>
  stock.members.filter(({ iteration }) => course.accepts(iteration));

export const unwantedOf = (stock: Stock, course: Course): readonly Member[] =>
  stock.members.filter(({ iteration }) => !course.accepts(iteration));

/** Those that an operation of ours could be started for. */
export const freeOf = (stock: Stock, members: readonly Member[]): readonly Member[] =>
  members.filter(({ busy, host }) => !busy && !stock.isAway(host));

export const startingOf = (stock: Stock): readonly Member[] => ofStanding(stock.members, 'starting');
