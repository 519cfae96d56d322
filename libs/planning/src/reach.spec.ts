import { describe, expect, it } from '@jest/globals';
import { judgeSilence, REACHED, type Reach } from './reach.js';

describe('a host that does not answer', () => {
  it('counts as unreachable at the second failure, and is asked ever more rarely, at least every 30 s', () => {
    let reach: Reach = REACHED;
    const told: [boolean, number][] = [];
    for (let look = 0; look < 9; look += 1) {
      const judged = judgeSilence(reach);
      told.push([judged.unreachable, judged.retryInMs]);
      reach = judged;
    }
    expect(told).toEqual([
      [false, 1_000],
      [true, 1_000],
      [true, 2_000],
      [true, 4_000],
      [true, 8_000],
      [true, 16_000],
      [true, 30_000],
      [true, 30_000],
      [true, 30_000],
    ]);
  });
});
