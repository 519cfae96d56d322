import { describe, expect, it } from '@jest/globals';
import { fateAfterMove } from './plan-drain.js';

describe('a machine that did not leave a host that is drained', () => {
  const outcome = { cancelled: false, error: 'incompatible', mayBeReplaced: true } as const;

  it('is replaced when the reason is its own', () => {
    expect(fateAfterMove(outcome)).toBe('replace');
    expect(fateAfterMove({ ...outcome, error: 'conflict' })).toBe('replace');
  });

  it('stays when what it holds cannot be cast again', () => {
    expect(fateAfterMove({ ...outcome, mayBeReplaced: false })).toBe('stays');
  });

  it('stays when no other host has room, or somebody cancelled its move', () => {
    expect(fateAfterMove({ ...outcome, error: 'no_capacity' })).toBe('stays');
    expect(fateAfterMove({ ...outcome, error: 'cancelled', cancelled: true })).toBe('stays');
  });
});
