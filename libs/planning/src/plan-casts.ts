import { countOf, type Member } from './fleet.js';
import { reasonToPause } from './pace-casts.js';
import type { Course } from './set-course.js';
import type { Cast, ServiceView, Wait } from './service-plan.js';
import { acceptedOf, type Stock } from './take-stock.js';
import { counted, plural, spell } from './words.js';

/** As many as are missing and as the ceiling permits, unless the last ones failed a moment ago. */
export function planCasts(
  view: ServiceView,
  course: Course,
  stock: Stock,
  now: Date,
): { readonly cast: readonly Cast[]; readonly wait: readonly Wait[] } {
  const missing = course.replicas - stock.present;
  if (missing <= 0) return { cast: [], wait: [] };
  const room = course.ceiling - stock.members.length;
  if (room <= 0) {
    const reason = `${stock.members.length} of at most ${course.ceiling} machines exist: the next of iteration ${course.iteration} is cast when one is gone`;
    return { cast: [], wait: [{ reason }] };
  }
  const pause = reasonToPause(view, course, now);
  if (pause !== undefined) return { cast: [], wait: [{ reason: pause }] };
  const count = Math.min(missing, room);
  const reason = whyCast(view, course, stock, count);
  return { cast: Array.from({ length: count }, () => ({ iteration: course.iteration, reason })), wait: [] };
}

function whyCast(view: ServiceView, course: Course, stock: Stock, count: number): string {
  const machines = `${spell(count)} ${plural(count, 'machine')} of iteration ${course.iteration}`;
  const available = `${stock.serving} of ${course.replicas} available`;
  if (course.kind === 'rollout')
    return `${available}, maxSurge ${view.service.rollout.maxSurge}: ${machines} may be cast`;
  return `${available}, ${whatIsMissing(course, stock)}: ${machines} may be cast`;
}

function whatIsMissing(course: Course, stock: Stock): string {
  const sick = countOf(acceptedOf(stock, course), 'sick');
  const hosts = [...new Set(stock.lost.map(({ host }: Member) => host))];
  const causes = [
    ...(stock.lost.length > 0
      ? [
          `${counted(stock.lost.length, 'machine')} lost with ${plural(hosts.length, 'host')} ${hosts.join(', ')}`,
        ]
      : []),
    ...(sick > 0 ? [`${sick} not healthy`] : []),
    ...(stock.failed.length > 0 ? [`${stock.failed.length} failed`] : []),
  ];
  return causes.length > 0 ? causes.join(', ') : 'no machine is on its way';
}
