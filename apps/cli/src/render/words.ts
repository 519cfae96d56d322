import type { InstanceView } from '../api/views.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 93 s → `1m33s`; two units at most, as much as a person needs. @param seconds not negative */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < MINUTE) return `${whole}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}m${whole % MINUTE}s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)}h${Math.floor((whole % HOUR) / MINUTE)}m`;
  return `${Math.floor(whole / DAY)}d${Math.floor((whole % DAY) / HOUR)}h`;
}

/** Seconds, never negative: two machines' clocks differ. @param from, to ISO 8601 */
export const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

export const age = (since: string | null, now: Date): string =>
  since === null ? '' : duration(secondsBetween(since, now.toISOString()));

export const yesNo = (flag: boolean): string => (flag ? 'yes' : 'no');

/** `web-3-1a2b3c4d`: as libvirt's name of the domain, without its prefix. Commands take it in place of the id. */
export const machineName = ({ service, iteration, id }: Pick<InstanceView, 'service' | 'iteration' | 'id'>) =>
  `${service}-${iteration}-${id.slice(-8)}`;

/** The first twelve digits are enough for people. */
export const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

/** `2 hosts`, `1 host`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
