import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Instance, Rollout } from '@diecast/model';
import { digestOf } from '../../../test/harness/samples.js';
import { makeReceipt } from './receipt.js';
import { tellRollout } from './tell-rollout.js';

/** Written anew with `UPDATE_STORIES=1`; then read it. */
const GOLDEN = join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'receipts', 'one-of-two.txt');

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1, 12) + seconds * 1000);
const machine = (id: string, iteration: number, more: Partial<Instance>): Instance =>
  ({
    id: `01a20da6-6d63-762f-a480-0000${id}`,
    iteration,
    host: 'a',
    createdAt: at(-100),
    assembledAt: at(-95),
    availableAt: at(-92),
    inTrafficAt: at(-91),
    drainedAt: null,
    standbyAt: null,
    endedAt: null,
    served: null,
    ...more,
  }) as Partial<Instance> as Instance;

const [OLD, NEW, GONE] = ['11111111', '22222222', '33333333'];
const INSTANCES = [
  machine(OLD, 2, { drainedAt: at(16), standbyAt: at(17), served: { requests: 900, failures: 0 } }),
  machine(NEW, 3, {
    host: 'b',
    createdAt: at(1),
    assembledAt: at(5),
    availableAt: at(9.5),
    inTrafficAt: at(10),
    served: { requests: 100, failures: 1 },
  }),
  // Neither of them belongs to this rollout.
  machine(GONE, 2, { endedAt: at(-50) }),
  machine('44444444', 1, {}),
];
const note = (seconds: number, action: string, id: string, reason: string) => ({
  at: at(seconds).toISOString(),
  action,
  instanceId: `01a20da6-6d63-762f-a480-0000${id}`,
  reason,
});
const ROLLOUT = {
  service: 'web',
  number: 4,
  fromIteration: 2,
  toIteration: 3,
  trigger: 'declared',
  status: 'succeeded',
  statusReason: null,
  notes: [
    note(1, 'cast', NEW, 'no machine is of iteration 3, and one more may exist'),
    note(11, 'park', OLD, 'iteration 3 serves in its place'),
  ],
  startedAt: at(0),
  finishedAt: at(20),
} as Partial<Rollout> as Rollout;
const images = { from: digestOf('old'), to: digestOf('new') };
const receipt = makeReceipt(ROLLOUT, INSTANCES, images, at(99));

describe('the receipt of a rollout', () => {
  it('counts time, overlap and requests of the machines that took part', () => {
    expect(receipt).toMatchObject({ seconds: 20, overlapSeconds: 6, requests: 1000, failures: 1, images });
    expect(receipt.machines.map(({ instanceId }) => instanceId.slice(-8))).toEqual([OLD, NEW]);
  });

  it('has no overlap with itself, and runs until now while it runs', () => {
    const scale = { ...ROLLOUT, fromIteration: 3, finishedAt: null };
    expect(makeReceipt(scale, INSTANCES, images, at(30))).toMatchObject({ seconds: 30, overlapSeconds: 0 });
    expect(makeReceipt(ROLLOUT, [], images, at(30))).toMatchObject({ requests: null, failures: null });
  });

  it('is told as it stands in test/golden/receipts', () => {
    const story = `${tellRollout(ROLLOUT, receipt).join('\n')}\n`;
    if (process.env['UPDATE_STORIES'] === '1') writeFileSync(GOLDEN, story);
    expect(readFileSync(GOLDEN, 'utf8')).toBe(story);
  });
});
