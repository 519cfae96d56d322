import { ofStanding } from './fleet.js';
import type { Course } from './set-course.js';
import type { ServiceView } from './service-plan.js';
import { acceptedOf, type Stock } from './take-stock.js';
import { counted } from './words.js';

/** Machines that are sick while their hosts answer, when they are so many that the reason may be ours. */
export type Brake = { readonly sick: number; readonly reason: string };

/**
 * When too much is sick at once, replacing it makes things worse: a check that is wrong, or a service behind all of them
 * that is away, makes new machines as sick as the old ones. One sick machine is never too much, nor are
 * sick ones that nobody needs. What is dead, or lost with its
 * host, is replaced all the same, and a rollout has its own way to end.
 */
export function findBrake({ service }: ServiceView, course: Course, stock: Stock): Brake | null {
  if (course.kind === 'rollout' || stock.ready >= course.replicas) return null;
  const sick = ofStanding(acceptedOf(stock, course), 'sick').filter(
    ({ host }) => !stock.isQuiet(host),
  ).length;
  const { brakePercent } = service.rollout;
  if (sick < 2 || sick * 100 <= brakePercent * course.replicas) return null;
  return {
    sick,
    reason: `${sick} of ${counted(course.replicas, 'machine')} not healthy at once, more than ${brakePercent} %: they are left as they are until fewer are, or something else is declared`,
  };
}
