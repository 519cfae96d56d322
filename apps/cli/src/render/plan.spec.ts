import { expect, it } from '@jest/globals';
import type { PlanView } from '../api/views.js';
import { planLines } from './plan.js';

const plan = (more: Partial<PlanView>): PlanView => ({
  change: 'iteration',
  changes: [],
  fromIteration: 3,
  toIteration: null,
  startsRollout: true,
  strategy: 'rolling',
  surge: { machines: 2, sum: '1 replica, 1 more while they are replaced', memoryMiB: 128, addresses: null },
  placements: [],
  images: [],
  expected: null,
  blockers: [],
  hash: 'sha256:0',
  ...more,
});

it('tells what is added, changed and taken away', () => {
  const changes = [
    { path: 'spec.image', from: 'sha256:a', to: 'sha256:b' },
    { path: 'placement.hosts', from: null, to: ['a', 'b'] },
    { path: 'spec.network.addressing.prefix', from: 24, to: null },
  ];
  expect(planLines('web', plan({ changes, startsRollout: false }))).toEqual([
    'web: a new iteration takes the place of 3, machine by machine',
    '  ~ spec.image                       sha256:a → sha256:b',
    '  + placement.hosts                  ["a","b"]',
    '  - spec.network.addressing.prefix   24',
  ]);
});

it.each([
  [plan({ change: 'created', fromIteration: null }), 'web: a new service'],
  [plan({ change: 'none', startsRollout: false }), 'web: nothing changes; it stays at iteration 3'],
  [plan({ change: 'settings' }), 'web: iteration 3 stays, and machines are cast or discontinued'],
  [
    plan({ change: 'settings', startsRollout: false }),
    'web: iteration 3 and its machines stay, other settings hold from now on',
  ],
])('says in a sentence what happens', (each, sentence) => {
  expect(planLines('web', each)[0]).toBe(sentence);
});

it('tells what it does to machines and hosts, and what stands in its way', () => {
  const told = plan({
    strategy: 'canary',
    surge: { machines: 4, sum: '3 replicas, 1 more', memoryMiB: 256, addresses: 1 },
    placements: [
      { host: 'a', reason: 'it has no machine of web', refused: [] },
      { host: null, reason: 'no host can take it', refused: [{ host: 'a', reason: 'is full' }] },
    ],
    images: [{ host: 'a', bytes: 2 ** 30 }],
    expected: { seconds: 93, from: '3 machines, 31.0 s each: the median of rollout 1' },
    blockers: [{ what: 'room', why: 'a is full', remedy: 'Add a host.' }],
  });
  expect(planLines('web', told)).toEqual([
    'web: a new iteration takes the place of 3, step by step',
    '  at most 4 machines at once (3 replicas, 1 more): 256 MiB must be free, and so many addresses: 1',
    '  machine 1 → a: it has no machine of web',
    '  machine 2 → no host: no host can take it',
    '  1.0 GiB of the image move to a',
    '  it may take 1m33s (3 machines, 31.0 s each: the median of rollout 1)',
    '  blocked: a is full',
    '    Add a host.',
  ]);
});
