import { describe, expect, it } from '@jest/globals';
import type { AnalysisSpec } from '@diecast/model';
import { isDue, judgeAnalysis } from './judge-analysis.js';

const spec: AnalysisSpec = {
  kind: 'prometheus',
  name: 'errors',
  url: 'http://prometheus.example:9090',
  query: 'errors',
  least: null,
  most: 0.01,
  intervalSeconds: 10,
  failures: 3,
};
const at = new Date('2026-01-01T00:00:00Z');
const bad = judgeAnalysis(spec, undefined, { kind: 'number', value: 0.5 }, at);

describe('an analysis', () => {
  it('is good within its limits, the limits included', () => {
    const finding = judgeAnalysis(spec, bad, { kind: 'number', value: 0.01 }, at);
    expect(finding).toEqual({
      name: 'errors',
      at: '2026-01-01T00:00:00.000Z',
      good: true,
      badInRow: 0,
      message: '0.01',
    });
  });

  it('counts what was bad in a row, and says which limit was passed', () => {
    expect(bad).toMatchObject({ good: false, badInRow: 1, message: '0.5 is more than 0.01' });
    const least = { ...spec, least: 0.9, most: null };
    const again = judgeAnalysis(least, bad, { kind: 'number', value: 0.5 }, at);
    expect(again).toMatchObject({ good: false, badInRow: 2, message: '0.5 is less than 0.9' });
  });

  it('is bad without an answer, and with one that is no number', () => {
    const none = judgeAnalysis(spec, bad, { kind: 'none', message: 'it did not answer within 5 s' }, at);
    expect(none).toMatchObject({ good: false, badInRow: 2, message: 'it did not answer within 5 s' });
    expect(judgeAnalysis(spec, none, { kind: 'number', value: NaN }, at).badInRow).toBe(3);
  });

  it('takes the word of a webhook', () => {
    const hook: AnalysisSpec = {
      kind: 'webhook',
      name: 'smoke',
      url: 'http://x',
      intervalSeconds: 5,
      failures: 1,
    };
    const told = judgeAnalysis(hook, undefined, { kind: 'verdict', good: false, message: 'status 500' }, at);
    expect(told).toMatchObject({ name: 'smoke', good: false, badInRow: 1, message: 'status 500' });
  });

  it('is asked again when its interval is over, and not before', () => {
    expect(isDue(spec, undefined, at)).toBe(true);
    expect(isDue(spec, bad, new Date(at.getTime() + 9_999))).toBe(false);
    expect(isDue(spec, bad, new Date(at.getTime() + 10_000))).toBe(true);
  });
});
