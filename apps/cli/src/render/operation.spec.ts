import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OperationView } from '../api/views.js';
import { bar, endLines, isAtRest, operationBar, operationLine } from './operation.js';

const operation = (more: Partial<OperationView> = {}): OperationView => ({
  id: '01a20da6-6d63-762f-a480-f515d4e0108f',
  kind: 'host.drain',
  status: 'running',
  progress: { percent: 40, message: 'web-1 moves to b' },
  steps: [],
  resources: [{ type: 'host', id: 'a' }],
  result: null,
  error: null,
  mayCancel: true,
  cancelRequested: false,
  parentId: null,
  createdBy: 'admin',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:01.000Z',
  finishedAt: null,
  ...more,
});

describe('a bar', () => {
  it('is as full as the work is done', () => {
    expect(bar(0)).toBe('[------------------------]   0 %');
    expect(bar(50)).toBe('[############------------]  50 %');
    expect(bar(100)).toBe('[########################] 100 %');
  });

  it('has one length whatever the number, and is full at the end alone', () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 200, noNaN: true }), (percent) => {
        expect(bar(percent)).toHaveLength(bar(0).length);
        expect(bar(percent).includes('-')).toBe(percent < 100);
      }),
    );
  });

  it('says what goes on, or that it is not its turn', () => {
    expect(operationBar(operation())).toBe(`${bar(40)}  host.drain: web-1 moves to b`);
    expect(operationBar(operation({ status: 'pending' }))).toContain('waits for its turn');
  });
});

describe('lines of a log', () => {
  it('are said once each', () => {
    const first = operation();
    expect(operationLine(first, undefined)).toBe(' 40 %  host.drain: web-1 moves to b');
    expect(
      operationLine(operation({ progress: { percent: 41, message: 'web-1 moves to b' } }), first),
    ).toBeUndefined();
    expect(operationLine(operation({ progress: { percent: 60, message: 'web-2 moves to c' } }), first)).toBe(
      ' 60 %  host.drain: web-2 moves to c',
    );
  });
});

describe('the end', () => {
  it('says how long it took, and why it failed', () => {
    const finishedAt = '2026-01-01T00:01:34.000Z';
    expect(endLines(operation({ status: 'succeeded', finishedAt }))).toEqual([
      'host.drain succeeded after 1m33s.',
    ]);
    const error = { code: 'no_capacity', message: 'No host has room.' };
    expect(endLines(operation({ status: 'failed', finishedAt, error }))).toEqual([
      'host.drain failed after 1m33s: No host has room.',
    ]);
  });

  it('of a stuck one names both ways out', () => {
    const error = { code: 'stuck', message: 'Plug host a in.' };
    const text = endLines(operation({ status: 'stuck', error })).join('\n');
    expect(text).toMatch(/Plug host a in\.[^]*operation retry 01a2[^]*operation abandon 01a2/);
  });

  it('is where nothing moves by itself any more', () => {
    const resting = ['pending', 'running', 'succeeded', 'failed', 'cancelled', 'stuck'].filter((status) =>
      isAtRest(operation({ status })),
    );
    expect(resting).toEqual(['succeeded', 'failed', 'cancelled', 'stuck']);
  });
});
