import { describe, expect, it } from '@jest/globals';
import type { EventView, InstanceView, RolloutView } from '../api/views.js';
import { outcomeLines, phaseOf, startWatch, watchLines, withEvent, withSight, type Step } from './rollout.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

const ROLLOUT: RolloutView = {
  service: 'web',
  number: 4,
  fromIteration: 2,
  toIteration: 3,
  trigger: 'declared',
  status: 'running',
  statusReason: null,
  operationId: 'op-4',
  stage: null,
  pausedAt: null,
  resumedAt: null,
  promotions: 0,
  findings: [],
  notes: [],
  startedAt: at(0),
  finishedAt: null,
};

const machine = (id: string, more: Partial<InstanceView> = {}): InstanceView => ({
  id: `01a20da6-6d63-762f-a480-0000${id}`,
  service: 'web',
  iteration: 3,
  host: 'a',
  status: 'pending',
  statusReason: null,
  generation: 1,
  address: null,
  mac: '52:54:00:00:00:01',
  healthy: false,
  inTraffic: false,
  restoredFrom: null,
  createdAt: at(0),
  assembledAt: null,
  availableAt: null,
  inTrafficAt: null,
  drainedAt: null,
  standbyAt: null,
  endedAt: null,
  served: null,
  ...more,
});

const event = (seconds: number, type: string, data: unknown): EventView => ({
  id: String(seconds),
  at: at(seconds),
  type,
  resource: { type: 'instance', id: 'x' },
  data: data as EventView['data'],
});

const told = (seconds: number, data: InstanceView): EventView => event(seconds, 'instance.changed', data);

/** Everything that was said, and how it looks at the end. */
function play(events: readonly EventView[], start: Step = { watch: startWatch(ROLLOUT), news: [] }): Step {
  return events.reduce<Step>((step, each) => {
    const { watch, news } = withEvent(step.watch, each);
    return { watch, news: [...step.news, ...news] };
  }, start);
}

const NEW = '11111111';
const OLD = '22222222';
const STORY = [
  told(0.5, machine(NEW)),
  event(0.6, 'rollout.note', {
    service: 'web',
    number: 4,
    at: at(0.6),
    action: 'wait',
    reason: 'no room yet',
  }),
  told(1, machine(NEW, { status: 'assembling' })),
  told(3, machine(NEW, { status: 'validating' })),
  told(8, machine(NEW, { status: 'available', healthy: true })),
  told(8.1, machine(NEW, { status: 'available', healthy: true, address: '192.0.2.9' })),
  told(8.2, machine(NEW, { status: 'available', healthy: true, inTraffic: true })),
  event(8.3, 'operation.changed', { id: 'op-4', progress: { percent: 50, message: '1 of 2 serve' } }),
  told(9, machine(OLD, { iteration: 2, status: 'draining' })),
  told(12, machine(OLD, { iteration: 2, status: 'discontinued' })),
];

describe('a rollout that is watched', () => {
  it('is a line for each state that a machine comes to, and one for each decision', () => {
    expect(play(STORY).news).toEqual([
      '   +0.5s  web-3-11111111  a  waiting',
      '   +0.6s  wait: no room yet',
      '   +1.0s  web-3-11111111  a  assembling',
      '   +3.0s  web-3-11111111  a  assembled',
      '   +8.0s  web-3-11111111  a  healthy',
      '   +8.2s  web-3-11111111  a  in traffic',
      '   +9.0s  web-2-22222222  a  draining',
      '  +12.0s  web-2-22222222  a  gone',
    ]);
  });

  it('is one line per machine on a terminal, the older iteration first', () => {
    expect(watchLines(play(STORY).watch)).toEqual([
      'Rollout 4 of web: iteration 2 → iteration 3',
      '[############------------]  50 %  1 of 2 serve',
      '  web-2-22222222   a   draining 9.0s › gone 12.0s',
      '  web-3-11111111   a   waiting 0.5s › assembling 1.0s › assembled 3.0s › healthy 8.0s › in traffic 8.2s',
      'wait: no room yet',
    ]);
  });

  it('begins with the machines that are there, and goes on from them', () => {
    const there = machine(OLD, { iteration: 2, status: 'available', healthy: true, inTraffic: true });
    const sight = withSight(startWatch(ROLLOUT), ROLLOUT, [there], at(1));
    expect(sight.news).toEqual(['   +1.0s  web-2-22222222  a  in traffic']);
    const { news } = play([told(2, there), told(3, { ...there, status: 'draining' })], sight);
    expect(news.slice(1)).toEqual(['   +3.0s  web-2-22222222  a  draining']);
  });

  it('knows nothing of other services, rollouts and operations', () => {
    const before = startWatch(ROLLOUT);
    const others = [
      told(1, machine(NEW, { service: 'db' })),
      event(2, 'rollout.note', { service: 'web', number: 3, at: at(2), action: 'cast', reason: 'x' }),
      event(3, 'rollout.changed', { ...ROLLOUT, service: 'db', status: 'failed' }),
      event(4, 'operation.changed', { id: 'op-3', progress: { percent: 1, message: 'x' } }),
      event(5, 'host.changed', { name: 'a' }),
    ];
    expect(play(others)).toEqual({ watch: before, news: [] });
  });

  it('says why a machine failed, and which machine a decision is about', () => {
    const failed = machine(NEW, { status: 'failed', statusReason: 'it never answered' });
    const note = {
      service: 'web',
      number: 4,
      at: at(5),
      action: 'cast',
      instanceId: failed.id,
      reason: 'one is missing',
    };
    const { news } = play([told(4, failed), event(5, 'rollout.note', note)]);
    expect(news).toEqual([
      '   +4.0s  web-3-11111111  a  failed: it never answered',
      '   +5.0s  cast web-3-11111111: one is missing',
    ]);
  });

  it('ends with the event that ends it', () => {
    const { watch } = play([
      event(9, 'rollout.changed', { ...ROLLOUT, status: 'rolledBack', statusReason: 'sick' }),
    ]);
    expect(outcomeLines(watch.head)).toEqual([
      'Rollout 4 of web is rolled back: sick',
      '  Another rollout takes it back: diecast rollout watch web',
    ]);
  });
});

it.each([
  ['pending', false, false, 'waiting'],
  ['assembling', false, false, 'assembling'],
  ['validating', false, false, 'assembled'],
  ['available', false, false, 'unhealthy'],
  ['available', true, false, 'healthy'],
  ['available', true, true, 'in traffic'],
  ['draining', true, true, 'draining'],
  ['discontinued', false, false, 'gone'],
  ['failed', false, false, 'failed'],
])('calls a machine that is %s (healthy %s, in traffic %s) %s', (status, healthy, inTraffic, phase) => {
  expect(phaseOf({ status, healthy, inTraffic })).toBe(phase);
});

it('says where a rollout stands, once, and what waits for a person', () => {
  const stage = (name: string, promotions = 0) => ({ name, step: 0, promotions, since: at(0) });
  const head = (seconds: number, more: object): EventView =>
    event(seconds, 'rollout.changed', { ...ROLLOUT, ...more });
  const { news, watch } = play([
    head(1, { stage: stage('cast') }),
    head(2, { stage: stage('canary') }),
    head(2, { stage: stage('canary') }),
    head(3, { stage: stage('canary'), pausedAt: at(3) }),
    head(4, { stage: stage('canary'), promotions: 1 }),
    head(5, { stage: stage('preview', 1), promotions: 1 }),
    head(6, { stage: stage('bake', 1), promotions: 1 }),
  ]);
  expect(news.map((line) => line.trim())).toEqual([
    '+2.0s  canary: step 1 is watched; to go on at once: diecast rollout promote web',
    '+3.0s  paused: diecast rollout resume web',
    '+4.0s  canary: step 1 is promoted',
    '+5.0s  preview: the new set waits for you: diecast rollout promote web',
    '+6.0s  bake: all requests are served, and the gates are watched',
  ]);
  expect(watchLines(watch)[1]).toBe('bake: all requests are served, and the gates are watched');
  expect(phaseOf({ status: 'standby', healthy: true, inTraffic: false })).toBe('standby');
});
