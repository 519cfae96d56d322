import type { Brake } from './apply-brake.js';
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
  { waking, brake }: { readonly waking: number; readonly brake: Brake | null },
): { readonly cast: readonly Cast[]; readonly wait: readonly Wait[] } {
  const missing = course.target - stock.present - waking - (brake?.sick ?? 0);
  if (missing <= 0) return { cast: [], wait: [] };
  const others = stock.members.length - acceptedOf(stock, course).length;
  if (course.strategy === 'recreate' && others > 0) {
    const reason = `${counted(others, 'machine')} of other iterations ${others === 1 ? 'is' : 'are'} not gone yet: two iterations never run at once`;
    return { cast: [], wait: [{ reason }] };
  }
  const room = course.ceiling - stock.members.length - waking;
  if (room <= 0) {
    const reason = `${stock.members.length} of at most ${course.ceiling} machines exist: the next of iteration ${course.iteration} is cast when one is gone`;
    return { cast: [], wait: [{ reason }] };
  }
  const pause = reasonToPause(view, course, now);
  if (pause !== undefined) return { cast: [], wait: [{ reason: pause }] };
  const batch = course.kind === 'rollout' ? (view.service.rollout.batch ?? Infinity) : Infinity;
  const coming = countOf(acceptedOf(stock, course), 'starting');
  const count = Math.min(missing, room, batch - coming);
  if (count <= 0) {
    const reason = `${counted(coming, 'machine')} on ${coming === 1 ? 'its' : 'their'} way, ${batch} at a time: the next is cast when one serves`;
    return { cast: [], wait: [{ reason }] };
  }
  const reason = whyCast(view, course, stock, count);
  return { cast: Array.from({ length: count }, () => ({ iteration: course.iteration, reason })), wait: [] };
}

function whyCast(view: ServiceView, course: Course, stock: Stock, count: number): string {
  const machines = `${spell(count)} ${plural(count, 'machine')} of iteration ${course.iteration}`;
  const available = `${stock.serving} of ${course.replicas} available`;
  if (course.kind === 'rollout') return `${available}, ${whatPermits(view, course)}: ${machines} may be cast`;
  return `${available}, ${whatIsMissing(course, stock)}: ${machines} may be cast`;
}

function whatPermits({ service }: ServiceView, { strategy, target, replicas }: Course): string {
  if (strategy === 'blueGreen') return 'a whole new set is made beside them';
  if (strategy === 'recreate') return 'nothing else exists';
  const surge = `maxSurge ${service.rollout.maxSurge}`;
  return target < replicas ? `${surge}, a canary of ${counted(target, 'machine')}` : surge;
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
