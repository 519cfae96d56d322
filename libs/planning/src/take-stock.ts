import type { Instance } from '@diecast/model';
import { countOf, failedOf, membersOf, ofStanding, type Member } from './fleet.js';
import type { Course } from './set-course.js';
import type { ServiceView } from './service-plan.js';

/** The machines of a service, counted the way that a course needs. */
export type Stock = {
  /**
   * Everything that exists, is about to, or is leaving: a machine that leaves still has its memory and its address, so
   * that it counts until it is gone, unless it waited in memory. Those on hosts that do not answer count while they are healthy.
   */
  readonly members: readonly Member[];
  /** Not healthy, on a host that does not answer: nobody can say what is left of them, and they count nowhere. */
  readonly lost: readonly Member[];
  readonly failed: readonly Instance[];
  /** Paused in memory, and no operation works on them. */
  readonly standby: readonly Member[];
  /** Being discontinued or parked, also those that waited. */
  readonly leaving: readonly Member[];
  /** Serve and nobody is about to take them away: what may be counted on. */
  readonly ready: number;
  /** Serve at this moment. */
  readonly serving: number;
  /** Of an accepted iteration, serving, ready to or on their way: what needs no replacement. */
  readonly present: number;
  readonly isAway: (host: string | null) => boolean;
  readonly isQuiet: (host: string | null) => boolean;
};

export function takeStock({ service, fleet, hosts, quiet }: ServiceView, course: Course): Stock {
  const isAway = (host: string | null): boolean => {
    const status = host === null ? undefined : hosts.get(host);
    return status === 'unreachable' || status === 'fenced';
  };
  const isLost = ({ host, standing }: Member): boolean =>
    isAway(host) && standing !== 'ready' && standing !== 'held' && standing !== 'staged';
  // By id, so that the same machines give the same plan in whatever order they are told.
  const all = [...membersOf(fleet, service.shares)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const here = all.filter((member) => !isLost(member));
  const members = here.filter((member) => !hasWaited(member));
  const accepted = members.filter(({ iteration }) => course.accepts(iteration));
  return {
    members,
    lost: all.filter(isLost),
    standby: ofStanding(here, 'standby').filter(({ busy }) => !busy),
    leaving: ofStanding(here, 'leaving'),
    failed: [...failedOf(fleet)].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ready: countOf(members, 'ready'),
    serving: countOf(members, 'ready', 'held'),
    present: countOf(accepted, 'ready', 'held', 'staged', 'starting'),
    isAway,
    isQuiet: (host) => host !== null && quiet.has(host),
  };
}

/** It is paused, or leaves from there without having served again. */
const hasWaited = ({ standing, standbyAt }: Member): boolean =>
  standing === 'standby' || (standing === 'leaving' && standbyAt !== null);

export const acceptedOf = (stock: Stock, course: Course): readonly Member[] =>
  stock.members.filter(({ iteration }) => course.accepts(iteration));

export const unwantedOf = (stock: Stock, course: Course): readonly Member[] =>
  stock.members.filter(({ iteration }) => !course.accepts(iteration));

/** Those that an operation of ours could be started for. */
export const freeOf = (stock: Stock, members: readonly Member[]): readonly Member[] =>
  members.filter(({ busy, host }) => !busy && !stock.isAway(host));

export const startingOf = (stock: Stock): readonly Member[] => ofStanding(stock.members, 'starting');

/** All replicas serve, all of an accepted iteration, and nothing else exists but what is lost or waits. */
export function isComplete(course: Course, stock: Stock): boolean {
  const accepted = acceptedOf(stock, course);
  return (
    stock.members.length === accepted.length &&
    accepted.length === course.replicas &&
    countOf(accepted, 'ready', 'held') === course.replicas
  );
}
