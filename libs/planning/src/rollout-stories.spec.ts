import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { tell, type Story } from '../../../test/harness/rollout-story.js';
import type { RolloutWorld } from '../../../test/harness/rollout-world.js';

/** Written anew with `UPDATE_STORIES=1`; then read them, since they are what a reviewer approves. */
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'rollouts');

const declare = (world: RolloutWorld): void => world.declare();
const declareBroken = (world: RolloutWorld): void => world.declare(true);
const servingOf = (world: RolloutWorld): readonly string[] =>
  [...world.instances.values()].filter(({ status }) => status === 'available').map(({ id }) => id);

const STORIES: Readonly<Record<string, Story>> = {
  'one-more-then-one-less': {
    title: 'A new iteration takes over, one machine more than the replicas at a time.',
    world: { replicas: 3 },
    begins: 'running',
    happenings: { 0: ['iteration 2 is declared', declare] },
  },
  'one-more-then-one-less-shuffled': {
    title: 'The same with uneven paces, in another order.',
    world: { replicas: 3 },
    begins: 'running',
    happenings: { 0: ['iteration 2 is declared', declare] },
    shuffled: 7,
  },
  'in-place': {
    title: 'No machine more than the replicas may exist: each makes room for its successor.',
    world: { replicas: 3, maxSurge: 0, maxUnavailable: 1 },
    begins: 'running',
    happenings: { 0: ['iteration 2 is declared', declare] },
  },
  'two-at-a-time-shuffled': {
    title: 'A wider window, uneven paces.',
    world: { replicas: 4, maxSurge: 2, maxUnavailable: 1 },
    begins: 'running',
    happenings: { 0: ['iteration 2 is declared', declare] },
    shuffled: 3,
  },
  'broken-and-rolled-back': {
    title: 'A broken iteration never serves, and the last good one stays.',
    world: { replicas: 3, progressDeadlineSeconds: 45 },
    begins: 'running',
    happenings: { 0: ['iteration 2, which is broken, is declared', declareBroken] },
  },
  'broken-in-place-and-rolled-back': {
    title: 'A broken iteration that was given room: what it took is cast again of the last good one.',
    world: { replicas: 2, maxSurge: 0, maxUnavailable: 1, progressDeadlineSeconds: 30 },
    begins: 'running',
    happenings: { 0: ['iteration 2, which is broken, is declared', declareBroken] },
    shuffled: 2,
  },
  'broken-and-held': {
    title: 'Automatic rollback is off: the rollout fails, what serves stays and is kept up.',
    world: { replicas: 2, progressDeadlineSeconds: 30, automaticRollback: false },
    begins: 'running',
    happenings: {
      0: ['iteration 2, which is broken, is declared', declareBroken],
      60: ['a machine dies', (world) => world.kill(servingOf(world)[0] ?? '')],
    },
  },
  'first-iteration-broken': {
    title: 'There is nothing to go back to; the tries become rarer and end.',
    world: { replicas: 2, progressDeadlineSeconds: 45, broken: [1] },
    begins: 'new',
    happenings: {},
  },
  'declared-again-in-the-middle': {
    title: 'A third iteration supersedes the second, whose unfinished machines are called off.',
    world: { replicas: 3, maxSurge: 2 },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      3: ['iteration 3 is declared', declare],
    },
  },
  'rolled-back-in-the-middle': {
    title: 'A person rolls back while both iterations serve.',
    world: { replicas: 3 },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      12: ['rolled back to iteration 1', (world) => world.rollTo(1)],
    },
  },
  'more-and-fewer': {
    title: 'Replicas change; no machine is cast anew that need not be.',
    world: { replicas: 2 },
    begins: 'running',
    happenings: {
      0: ['4 replicas are declared', (world) => world.scale(4)],
      30: ['1 replica is declared', (world) => world.scale(1)],
    },
  },
  'sick-and-repaired': {
    title: 'Two machines get sick. One at a time is replaced before it leaves; then one dies at once.',
    world: { replicas: 3, maxSurge: 0, maxUnavailable: 1, brakePercent: 100 },
    begins: 'running',
    happenings: {
      0: [
        'two machines get sick',
        (world) =>
          servingOf(world)
            .slice(0, 2)
            .forEach((id) => world.setHealth(id, false)),
      ],
      60: ['a machine dies', (world) => world.kill(servingOf(world)[0] ?? '')],
    },
  },
  'too-much-sick-at-once': {
    title:
      'Two of three are sick at once: nothing is replaced until one is well again. Then the other one is.',
    world: { replicas: 3 },
    begins: 'running',
    happenings: {
      0: [
        'two machines get sick',
        (world) =>
          servingOf(world)
            .slice(0, 2)
            .forEach((id) => world.setHealth(id, false)),
      ],
      20: ['one is well again', (world) => world.setHealth(servingOf(world)[0] ?? '', true)],
    },
  },
  'dies-again-and-again': {
    title: 'Machines that die a moment after they serve are replaced more and more slowly.',
    world: { replicas: 1 },
    begins: 'running',
    happenings: Object.fromEntries(
      [0, 10, 30, 75, 150].map((second) => [second, ['the machine dies', killFirst] as const]),
    ),
  },
  'blue-green': {
    title:
      'A whole new set, all requests at once, a bake, and what was replaced waits in memory until its time is over.',
    world: { replicas: 3, strategy: 'blueGreen', bakeSeconds: 10, standbySeconds: 30 },
    begins: 'running',
    happenings: { 0: ['iteration 2 is declared', declare] },
  },
  'blue-green-promoted': {
    title: 'The new set waits for a person, gets all requests, and a machine of it dies while it bakes.',
    world: { replicas: 2, strategy: 'blueGreen', promotion: 'manual', bakeSeconds: 60 },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      15: ['a person promotes it', (world) => world.steer('promote')],
      30: ['a machine of iteration 2 dies', killNewest],
    },
  },
  canary: {
    title:
      'A tenth of the requests, then half of them when a person says so, then all. The window of what waits begins when it is over.',
    world: {
      replicas: 4,
      strategy: 'canary',
      steps: [
        { weight: 10, pauseSeconds: 15 },
        { weight: 50, pauseSeconds: null },
      ],
      standbySeconds: 20,
    },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      50: ['a person promotes it', (world) => world.steer('promote')],
    },
  },
  'canary-with-bad-numbers': {
    title: 'An analysis is bad three times in a row: the machines that it replaced are woken.',
    world: {
      replicas: 4,
      strategy: 'canary',
      steps: [{ weight: 50, pauseSeconds: 60 }],
      standbySeconds: 300,
      analysis: [
        {
          kind: 'prometheus',
          name: 'errors',
          url: 'http://prometheus.example:9090',
          query: 'errors',
          least: null,
          most: 0.01,
          intervalSeconds: 5,
          failures: 3,
        },
      ],
    },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      30: ['an analysis was bad twice', (world) => world.find('errors', 2)],
      35: ['and once more', (world) => world.find('errors', 3)],
    },
  },
  'canary-with-its-host-lost': {
    title: 'The host of the canary falls silent, and the canary with it: that is no fault of the iteration.',
    world: { replicas: 3, strategy: 'canary', steps: [{ weight: 30, pauseSeconds: 30 }] },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      15: ['the host of the canary is lost', loseHostOfNewest],
    },
  },
  'more-with-blue-green': {
    title: 'More of the same iteration: nothing is tried out, and no whole new set is made.',
    world: { replicas: 2, strategy: 'blueGreen' },
    begins: 'running',
    happenings: { 0: ['4 replicas are declared', (world) => world.scale(4)] },
  },
  recreate: {
    title: 'Two iterations never run at once.',
    world: { replicas: 2, strategy: 'recreate' },
    begins: 'running',
    happenings: { 0: ['iteration 2 is declared', declare] },
  },
  'stopped-and-resumed': {
    title: 'A person stops a rollout for longer than its deadline, and lets it go on.',
    world: { replicas: 2, progressDeadlineSeconds: 20 },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      3: ['a person stops it', (world) => world.steer('pause')],
      60: ['a person lets it go on', (world) => world.steer('resume')],
    },
  },
  'back-within-the-window': {
    title: 'Back to machines that wait in memory: they are woken, given everything, and the others leave.',
    world: { replicas: 3, standbySeconds: 300 },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      40: ['rolled back to iteration 1', (world) => world.rollTo(1, 'rollback')],
    },
  },
  'back-with-a-machine-lost': {
    title: 'One of those that wait has died: it is cast anew, beside those that are woken.',
    world: { replicas: 3, standbySeconds: 300 },
    begins: 'running',
    happenings: {
      0: ['iteration 2 is declared', declare],
      40: ['one that waits dies', killWaiting],
      50: ['rolled back to iteration 1', (world) => world.rollTo(1, 'rollback')],
    },
  },
  'host-lost-and-back': {
    title:
      'A host falls silent, then its machines do; they are replaced elsewhere, and cleared when it is back.',
    world: { replicas: 3 },
    begins: 'running',
    happenings: {
      0: ['host h2 does not answer; its machine still does', (world) => world.setHost('h2', 'unreachable')],
      5: ['its machine does not either', (world) => world.setHealthOn('h2', false)],
      40: ['the host is back, and the machine was never gone', back],
    },
  },
};

const idsOf = (world: RolloutWorld, status: string): readonly string[] =>
  [...world.instances.values()].filter((each) => each.status === status).map(({ id }) => id);
function killFirst(world: RolloutWorld): void {
  world.kill(servingOf(world)[0] ?? '');
}
function killNewest(world: RolloutWorld): void {
  world.kill(servingOf(world).at(-1) ?? '');
}
function loseHostOfNewest(world: RolloutWorld): void {
  const host = world.instances.get(servingOf(world).at(-1) ?? '')?.host ?? '';
  world.setHost(host, 'unreachable');
  world.setHealthOn(host, false);
}
function killWaiting(world: RolloutWorld): void {
  world.kill(idsOf(world, 'standby')[0] ?? '');
}

function back(world: RolloutWorld): void {
  world.setHost('h2', 'ready');
  world.setHealthOn('h2', true);
}

describe('stories of whole rollouts', () => {
  it.each(Object.entries(STORIES))(
    '%s is told as it was approved (SPEC-ROLL-10, SPEC-ROLL-11)',
    (name, story) => {
      const file = join(FOLDER, `${name}.txt`);
      const told = tell(story);
      if (process.env['UPDATE_STORIES'] === '1') writeFileSync(file, told);
      expect(told).toBe(readFileSync(file, 'utf8'));
    },
  );
});
