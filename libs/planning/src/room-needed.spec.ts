import { describe, expect, it } from '@jest/globals';
import { DEFAULT_ROLLOUT, type RolloutSpec } from '@diecast/model';
import { roomNeeded } from './room-needed.js';

const needed = (rollout: Partial<RolloutSpec>, replicas = 3) =>
  roomNeeded({ replicas, rollout: { ...DEFAULT_ROLLOUT, ...rollout } });

describe('the room that a service needs', () => {
  it.each<readonly [string, Partial<RolloutSpec>, number, string]>([
    ['rolling', { maxSurge: 2 }, 5, '3 replicas, 2 more while they are replaced'],
    ['in place', { maxSurge: 0, maxUnavailable: 1 }, 3, '3 replicas'],
    ['a canary', { strategy: 'canary' }, 4, '3 replicas, 1 more while they are replaced'],
    [
      'a canary without surge',
      { strategy: 'canary', maxSurge: 0, maxUnavailable: 1 },
      4,
      '3 replicas, 1 more while they are replaced',
    ],
    ['blue-green', { strategy: 'blueGreen' }, 6, '3 replicas, 3 more as the new set'],
    ['recreate', { strategy: 'recreate', maxSurge: 2 }, 3, '3 replicas'],
    [
      'blue-green with standby',
      { strategy: 'blueGreen', standbySeconds: 60 },
      9,
      '3 replicas, 3 more as the new set, 3 on standby',
    ],
  ])('is counted and said in words: %s', (_, rollout, machines, sum) => {
    expect(needed(rollout)).toMatchObject({ machines, sum });
  });
});
