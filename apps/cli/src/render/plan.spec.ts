import { expect, it } from '@jest/globals';
import type { PlanView } from '../api/views.js';
import { planLines } from './plan.js';

const plan = (more: Partial<PlanView>): PlanView => ({
  change: 'iteration',
  changes: [],
  fromIteration: 3,
  toIteration: null,
  startsRollout: true,
  hash: 'sha256:0',
  ...more,
});

it('tells what is added, changed and taken away', () => {
  const changes = [
    { path: 'spec.image', from: 'sha256:a', to: 'sha256:b' },
    { path: 'placement.hosts', from: null, to: ['a', 'b'] },
    { path: 'spec.network.addressing.prefix', from: 24, to: null },
  ];
  expect(planLines('web', plan({ changes }))).toEqual([
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
  expect(planLines('web', each)).toEqual([sentence]);
});
