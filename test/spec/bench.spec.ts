import { describe, expect, it } from '@jest/globals';
import { geometricMean, measureInTurns, median } from '../bench/rounds.js';

describe('a bench', () => {
  it('lets its candidates take turns, and counts all rounds but the first', async () => {
    const turns: string[] = [];
    const candidate = (name: string, found: readonly number[]) => {
      let round = 0;
      return async () => {
        turns.push(name);
        round += 1;
        return { rate: found[round - 1] ?? NaN };
      };
    };
    const medians = await measureInTurns(
      { a: candidate('a', [1000, 3, 1, 2]), b: candidate('b', [1000, 4, 6, 5]) },
      3,
    );
    const rounds = [0, 2, 4, 6].map((at) => turns.slice(at, at + 2));
    expect(rounds.map((round) => round.toSorted().join(''))).toEqual(['ab', 'ab', 'ab', 'ab']);
    expect(medians).toEqual({ a: { rate: 2 }, b: { rate: 5 } });
  });

  it('lets nobody always run after the same one', async () => {
    const turns: string[] = [];
    const candidate = (name: string) => async () => {
      turns.push(name);
      return { rate: 1 };
    };
    await measureInTurns({ a: candidate('a'), b: candidate('b'), c: candidate('c') }, 100);
    const pairs = turns.slice(1).map((name, index) => `${turns[index]}${name}`);
    expect(new Set(pairs)).toEqual(new Set(['aa', 'ab', 'ac', 'ba', 'bb', 'bc', 'ca', 'cb', 'cc']));
  });

  it('tells the middle of what it found', () => {
    expect(median([7])).toBe(7);
    expect(median([10, 2, 9])).toBe(9);
    expect(median([100, 2, 8, 4])).toBe(6);
  });

  it('takes twice as fast and half as fast together for equally fast', () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1);
  });
});
