import type { Rollout } from '@diecast/model';
import { counted } from './words.js';

export type Expectation = {
  readonly seconds: number;
  /** What it is made from. */
  readonly from: string;
};

const MOST = 5;

/**
 * How long a rollout takes, from the last ones of the service that succeeded: the median of their time per machine. What they
 * waited for (bake times, pauses) is in it. Null: none of them has cast anything.
 * @param history newest first
 */
export function expectSeconds(history: readonly Rollout[], casts: number): Expectation | null {
  const former = history.flatMap(paceOf).slice(0, MOST);
  const [middle] = former
    .map(({ seconds }) => seconds)
    .toSorted((a, b) => a - b)
    .slice(Math.floor(former.length / 2));
  if (casts === 0 || middle === undefined) return null;
  const numbers = former.map(({ number }) => number).join(', ');
  return {
    seconds: Math.round(middle * casts),
    from: `${counted(casts, 'machine')}, ${middle.toFixed(1)} s each: the median of ${former.length === 1 ? 'rollout' : 'rollouts'} ${numbers}`,
  };
}

/** Seconds per machine. */
function paceOf({ number, status, notes, startedAt, finishedAt }: Rollout) {
  const casts = notes.filter(({ action }) => action === 'cast').length;
  if (status !== 'succeeded' || finishedAt === null || casts === 0) return [];
  return [{ number, seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000 / casts }];
}
