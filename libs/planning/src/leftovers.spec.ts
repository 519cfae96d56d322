import { describe, expect, it } from '@jest/globals';
import {
  blobFileName,
  layerFileName,
  memoryFileName,
  restoreFileName,
  seedFileName,
  type Digest,
} from '@diecast/model';
import { findLeftovers, LEFTOVER_AFTER_MS, type PoolView } from './leftovers.js';

const INSTANCE = '01900000-0000-7000-8000-000000000001';
const SNAPSHOT = '01900000-0000-7000-8000-000000000002';
const DIGEST: Digest = `sha256:${'a'.repeat(64)}`;
const OURS = [
  blobFileName(DIGEST),
  layerFileName(INSTANCE),
  layerFileName(INSTANCE, SNAPSHOT),
  seedFileName(INSTANCE),
  memoryFileName(SNAPSHOT),
  restoreFileName(INSTANCE),
];
const pool = (files: readonly string[], change: Partial<PoolView> = {}): PoolView => ({
  files,
  known: new Set(),
  inUse: new Set(),
  busy: new Set(),
  ...change,
});
/** What is removed when nothing changes for the whole time. */
const removed = (view: PoolView): readonly string[] => {
  const { remove, unexplained } = findLeftovers(view, new Map(), 0);
  expect(remove).toEqual([]);
  return findLeftovers(view, unexplained, LEFTOVER_AFTER_MS).remove;
};

describe('leftover files', () => {
  it('are those with names that only we make', () => {
    expect(removed(pool([...OURS, 'disk.qcow2', `${OURS[1]}.bak`, 'instance-web.qcow2']))).toEqual(OURS);
  });

  it('are not those that a row, a machine or an operation explains', () => {
    expect(removed(pool(OURS, { known: new Set(OURS) }))).toEqual([]);
    expect(removed(pool(OURS, { inUse: new Set(OURS) }))).toEqual([]);
    expect(removed(pool(OURS, { busy: new Set([INSTANCE, SNAPSHOT]) }))).toEqual([blobFileName(DIGEST)]);
    expect(removed(pool(OURS, { busy: new Set([SNAPSHOT]) }))).not.toContain(
      layerFileName(INSTANCE, SNAPSHOT),
    );
  });

  it('wait anew when they were explained in between', () => {
    const first = findLeftovers(pool(OURS), new Map(), 0);
    const explained = findLeftovers(pool(OURS, { known: new Set(OURS) }), first.unexplained, 1000);
    const again = findLeftovers(pool(OURS), explained.unexplained, LEFTOVER_AFTER_MS);
    expect(again.remove).toEqual([]);
    expect(findLeftovers(pool(OURS), again.unexplained, 2 * LEFTOVER_AFTER_MS).remove).toEqual(OURS);
  });
});
