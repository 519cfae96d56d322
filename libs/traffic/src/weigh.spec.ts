import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weigh, type Claim } from './weigh.js';

const machines = (count: number, claim: Omit<Claim, 'service'> & { service?: string }): readonly Claim[] =>
  Array.from({ length: count }, () => ({ service: 'web', ...claim }));
const canary = (old: number, fresh: number, share: number): readonly Claim[] => [
  ...machines(old, { iteration: 1, share: 100 - share }),
  ...machines(fresh, { iteration: 2, share }),
];

/** A fleet of two iterations: machines of each, and the percent that the second gets. */
const fleets = fc.record({ old: fc.integer({ min: 1, max: 40 }), fresh: fc.integer({ min: 1, max: 40 }) });
const shares = fc.integer({ min: 1, max: 99 });
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

describe('the weights of machines', () => {
  it('are all the same where no iteration is told apart, or where one gets everything', () => {
    expect(weigh(machines(3, { iteration: 1, share: null }))).toEqual([100, 100, 100]);
    expect(weigh(machines(2, { iteration: 2, share: 100 }))).toEqual([100, 100]);
    expect(weigh([])).toEqual([]);
  });

  it('divide the part of an iteration by the number of its machines', () => {
    expect(weigh(canary(3, 1, 10))).toEqual([255, 255, 255, 85]);
    expect(weigh(canary(4, 1, 50))).toEqual([64, 64, 64, 64, 256]);
    expect(weigh(canary(1, 1, 1))).toEqual([198, 2]);
  });

  it('leave a service that shares the backend as much as it has machines', () => {
    const other = machines(2, { service: 'other', iteration: 7, share: null });
    const weights = weigh([...canary(1, 1, 25), ...other]);
    expect(weights).toEqual([255, 85, 170, 170]);
    expect(weigh([...machines(2, { iteration: 1, share: null }), ...other])).toEqual([100, 100, 100, 100]);
  });

  it('are what HAProxy takes, and never 0 for who is to get requests', () => {
    fc.assert(
      fc.property(fleets, shares, ({ old, fresh }, share) => {
        for (const weight of weigh(canary(old, fresh, share))) {
          expect(Number.isInteger(weight)).toBe(true);
          expect(weight).toBeGreaterThanOrEqual(1);
          expect(weight).toBeLessThanOrEqual(256);
        }
      }),
    );
  });

  it('are within a quarter of what was asked for wherever 256 steps can say it, and closer for larger parts', () => {
    fc.assert(
      fc.property(fleets, shares, ({ old, fresh }, share) => {
        const perMachine = [(100 - share) / old, share / fresh];
        const spread = Math.max(...perMachine) / Math.min(...perMachine);
        fc.pre(spread <= 128);
        const weights = weigh(canary(old, fresh, share));
        const got = sum(weights.slice(old)) / sum(weights);
        const wanted = share / 100;
        expect(Math.abs(got - wanted) / Math.min(wanted, 1 - wanted)).toBeLessThanOrEqual(0.25);
        if (spread <= 16) expect(Math.abs(got - wanted)).toBeLessThanOrEqual(0.01);
      }),
    );
  });

  it('are the same for machines of one iteration, in whatever order they are told', () => {
    fc.assert(
      fc.property(fleets, shares, ({ old, fresh }, share) => {
        const claims = canary(old, fresh, share);
        const weights = weigh(claims);
        expect(new Set(weights.slice(0, old)).size).toBe(1);
        expect(weigh(claims.toReversed())).toEqual(weights.toReversed());
      }),
    );
  });
});
