import { isoSeconds, plural } from './words.js';
import type { Course } from './set-course.js';
import type { CastAttempt, ServiceView } from './service-plan.js';

const FIRST_PAUSE_S = 1;
const LONGEST_PAUSE_S = 60;
/** Of an iteration that never worked and whose rollout is over, so that a broken image is not booted for ever. */
export const GIVE_UP_AFTER = 5;

/** Why no machine may be cast at this moment; undefined: it may. */
export function reasonToPause(view: ServiceView, { kind, iteration }: Course, now: Date): string | undefined {
  const since = view.rollout?.startedAt.getTime() ?? -Infinity;
  const failures = failuresInRow(view.attempts, iteration, since);
  const [last] = failures;
  if (last === undefined) return undefined;
  const isNew = kind === 'hold' && iteration === view.service.iteration;
  if (isNew && failures.filter(({ unhealthy }) => unhealthy).length >= GIVE_UP_AFTER)
    return `${failures.length} machines of iteration ${iteration} in a row failed and its rollout is over: declare another. The last said: ${last.message}`;
  const seconds = Math.min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (failures.length - 1));
  const next = new Date(last.at.getTime() + seconds * 1000);
  if (now >= next) return undefined;
  return `${failures.length} ${plural(failures.length, 'machine')} of iteration ${iteration} in a row failed, the next is cast at ${isoSeconds(next)}. The last said: ${last.message}`;
}

/** Newest first, up to the last success. What was cancelled says nothing. */
export function failuresInRow(
  attempts: readonly CastAttempt[],
  iteration: number,
  since: number,
): readonly CastAttempt[] {
  const own = attempts.filter(
    (each) => each.iteration === iteration && each.outcome !== 'cancelled' && each.at.getTime() >= since,
  );
  const success = own.findIndex(({ outcome }) => outcome === 'succeeded');
  return success === -1 ? own : own.slice(0, success);
}
