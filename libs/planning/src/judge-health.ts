import type { HealthSpec } from '@diecast/model';

export type HealthHistory = {
  readonly healthy: boolean;
  readonly successesInRow: number;
  readonly failuresInRow: number;
};

/** A machine is unhealthy until it has shown otherwise. */
export const UNKNOWN_HEALTH: HealthHistory = { healthy: false, successesInRow: 0, failuresInRow: 0 };

/** What the history becomes by one more result: healthy after `successes` in a row, unhealthy after `failures` in a row. */
export function judgeHealth(
  history: HealthHistory,
  result: 'ok' | 'failed',
  spec: Pick<HealthSpec, 'successes' | 'failures'>,
): HealthHistory {
  if (result === 'ok') {
    const successesInRow = history.successesInRow + 1;
    return { healthy: history.healthy || successesInRow >= spec.successes, successesInRow, failuresInRow: 0 };
  }
  const failuresInRow = history.failuresInRow + 1;
  return { healthy: history.healthy && failuresInRow < spec.failures, successesInRow: 0, failuresInRow };
}
