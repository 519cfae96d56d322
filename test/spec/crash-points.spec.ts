import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pointsOf, sample, seeded, watchFor } from '../crash/points.js';

describe('the points at which a worker is struck', () => {
  it('are every place that a run comes by, a loop only twice', () => {
    expect(pointsOf(['a', 'b', 'a', 'a'])).toEqual([
      { place: 'a', nth: 1 },
      { place: 'b', nth: 1 },
      { place: 'a', nth: 2 },
    ]);
  });

  it('are each reached exactly once by a run that comes by the same places', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), (trace) => {
        for (const point of pointsOf(trace)) {
          const isThere = watchFor(point);
          expect(trace.filter((place) => isThere(place))).toHaveLength(1);
        }
      }),
    );
  });

  it('are nowhere when none is wanted', () => {
    const isThere = watchFor(undefined);
    expect(['a', 'b'].some((place) => isThere(place))).toBe(false);
  });

  it('are the same sample for the same seed, in their order', () => {
    const all = Array.from({ length: 100 }, (_, index) => index);
    const chosen = sample(all, 10, seeded(7));
    expect(chosen).toHaveLength(10);
    expect(chosen).toEqual(sample(all, 10, seeded(7)));
    expect(chosen).not.toEqual(sample(all, 10, seeded(8)));
    expect(chosen).toEqual([...chosen].sort((one, other) => one - other));
    expect(sample(all, 1000, seeded(7))).toEqual(all);
  });
});
