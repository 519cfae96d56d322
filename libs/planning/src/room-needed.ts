import type { RolloutStrategy, ServiceSettings } from '@diecast/model';
import { extraMachines } from './strategy.js';
import { counted } from './words.js';

/** How many machines of a service exist at once at most, and what makes them so many. */
export type RoomNeeded = {
  readonly machines: number;
  /** Of these, those that wait paused in memory. */
  readonly standby: number;
  /** "3 replicas, 1 more while they are replaced": the sum in words. */
  readonly sum: string;
};

/**
 * What a rollout by these settings may come to need. A way back and a repair keep to `maxSurge` whatever the strategy is; two
 * whole sets of a blue-green rollout are never less than that, unless `maxSurge` is larger than the replicas.
 */
export function roomNeeded({ replicas, rollout }: Pick<ServiceSettings, 'replicas' | 'rollout'>): RoomNeeded {
  const { strategy, maxSurge, standbySeconds } = rollout;
  const extra = strategy === 'recreate' ? 0 : Math.max(maxSurge, extraMachines(strategy, replicas, rollout));
  const standby = standbySeconds > 0 ? replicas : 0;
  const parts = [
    counted(replicas, 'replica'),
    ...(extra > 0 ? [`${extra} more ${WHILE[strategy]}`] : []),
    ...(standby > 0 ? [`${standby} on standby`] : []),
  ];
  return { machines: replicas + extra + standby, standby, sum: parts.join(', ') };
}

const WHILE = {
  rolling: 'while they are replaced',
  canary: 'while they are replaced',
  blueGreen: 'as the new set',
  recreate: '',
} as const satisfies Record<RolloutStrategy, string>;
