import { counted, isoSeconds, plural } from './words.js';
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
  if (last === undefined) return reasonToRest(view, kind, iteration, now);
  const isNew = kind === 'hold' && iteration === view.service.iteration;
  if (isNew && failures.filter(({ unhealthy }) => unhealthy).length >= GIVE_UP_AFTER)
    return `${failures.length} machines of iteration ${iteration} in a row failed and its rollout is over: declare another. The last said: ${last.message}`;
  const seconds = Math.min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (failures.length - 1));
  const next = new Date(last.at.getTime() + seconds * 1000);
  if (now >= next) return undefined;
  return `${failures.length} ${plural(failures.length, 'machine')} of iteration ${iteration} in a row failed, the next is cast at ${isoSeconds(next)}. The last said: ${last.message}`;
}

const RESTLESS_WITHIN_MS = 3_600_000;
const FIRST_REST_S = 5;
const LONGEST_REST_S = 600;

/**
 * Machines that become available and die, again and again: the more were made within an hour without a rollout, beyond as
 * many as the service has, the longer until the next.
 */
function reasonToRest(
  { service, attempts, settledAt }: ServiceView,
  kind: Course['kind'],
  iteration: number,
  now: Date,
): string | undefined {
  if (kind === 'rollout') return undefined;
  const since = Math.max(settledAt?.getTime() ?? -Infinity, now.getTime() - RESTLESS_WITHIN_MS);
  const made = attempts.filter(
    (each) => each.outcome === 'succeeded' && each.iteration === iteration && each.at.getTime() > since,
  );
  const [last] = made;
  const beyond = made.length - service.replicas;
  if (last === undefined || beyond < 0) return undefined;
  const seconds = Math.min(LONGEST_REST_S, FIRST_REST_S * 2 ** beyond);
  const next = new Date(last.at.getTime() + seconds * 1000);
  if (now >= next) return undefined;
  return `${counted(made.length, 'machine')} of iteration ${iteration} ${made.length === 1 ? 'was' : 'were'} replaced within an hour, the next is cast at ${isoSeconds(next)}: something ends them again and again`;
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
