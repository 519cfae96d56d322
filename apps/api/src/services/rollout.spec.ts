import { describe, expect, it } from '@jest/globals';
import { DEFAULT_ROLLOUT } from '@diecast/model';
import type { RolloutBody } from './rollout.dto.js';
import { rolloutProblems, toRollout } from './rollout.js';

const problems = (body: RolloutBody) =>
  rolloutProblems(body, 'rollout').map(({ path, message }) => `${path} ${message}`);

describe('a rollout', () => {
  it.each<readonly [string, RolloutBody]>([
    ['says nothing', {}],
    ['is blue-green and waits for a person', { strategy: 'blueGreen', promotion: 'manual' }],
    ['is a canary with growing steps', { strategy: 'canary', steps: [{ weight: 1 }, { weight: 99 }] }],
    ['is rolling in batches', { batch: 2, maxSurge: 4 }],
    ['recreates, where no bound has a meaning', { strategy: 'recreate', maxSurge: 0 }],
  ])('that %s is right', (_, body) => {
    expect(problems(body)).toEqual([]);
  });

  it.each<readonly [RolloutBody, readonly string[]]>([
    [{ strategy: 'canary' }, ['rollout.steps must have at least one step: the strategy is canary']],
    [{ steps: [{ weight: 5 }] }, ['rollout.steps is only for the strategy canary, and this one is rolling']],
    [
      { strategy: 'canary', steps: [{ weight: 20 }, { weight: 20 }, { weight: 30 }] },
      ['rollout.steps.1.weight must be more than that of the step before, 20'],
    ],
    [
      { promotion: 'manual' },
      ['rollout.promotion is only for the strategy blueGreen, and this one is rolling'],
    ],
    [
      { strategy: 'blueGreen', batch: 1 },
      ['rollout.batch is only for the strategy rolling, and this one is blueGreen'],
    ],
    [
      { strategy: 'blueGreen', maxSurge: 0 },
      ['rollout.maxSurge must not be 0 together with maxUnavailable: no machine could ever be replaced'],
    ],
  ])('is refused with a sentence for each field: %j', (body, sentences) => {
    expect(problems(body)).toEqual(sentences);
  });

  it('is stored with every default, so that saying a default changes nothing', () => {
    expect(toRollout({})).toEqual(DEFAULT_ROLLOUT);
    const said = { ...DEFAULT_ROLLOUT, steps: [], analysis: [] };
    expect(toRollout(said)).toEqual(DEFAULT_ROLLOUT);
    expect(
      toRollout({
        strategy: 'canary',
        steps: [{ weight: 5 }],
        analysis: [{ name: 'a', kind: 'webhook', url: 'http://h/' }],
      }),
    ).toMatchObject({
      steps: [{ weight: 5, pauseSeconds: null }],
      analysis: [{ name: 'a', kind: 'webhook', url: 'http://h/', intervalSeconds: 10, failures: 3 }],
    });
  });
});
