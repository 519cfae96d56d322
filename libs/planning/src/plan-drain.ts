import type { ErrorCode } from '@diecast/model';

/** What becomes of a machine whose way off a host has ended, and that is still there. */
export type Fate = 'replace' | 'stays';

/**
 * Whoever cancels the move of one machine wants that one to stay. Without room elsewhere a new machine fits no better than
 * the old one. Any other reason (paused, another CPU, unhealthy) is one of this machine, and a new one does not have it.
 */
export function fateAfterMove(outcome: {
  readonly cancelled: boolean;
  readonly error: ErrorCode | null;
  /** Not one restored from a snapshot: what it holds cannot be cast again. */
  readonly mayBeReplaced: boolean;
}): Fate {
  if (outcome.cancelled || outcome.error === 'no_capacity') return 'stays';
  return outcome.mayBeReplaced ? 'replace' : 'stays';
}
