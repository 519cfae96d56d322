import { describe, expect, it } from '@jest/globals';
import { judgeMove } from './judge-move.js';

describe('where a machine is that may have moved', () => {
  it('is certain only when one host runs it and the other knows nothing of it', () => {
    expect(judgeMove('running', 'absent')).toBe('source');
    expect(judgeMove('absent', 'running')).toBe('target');
    expect(judgeMove('absent', 'absent')).toBe('neither');
  });

  it('says that two copies run instead of choosing one', () => {
    expect(judgeMove('running', 'running')).toBe('both');
  });

  it('waits while either host is not through with it', () => {
    expect(judgeMove('running', 'paused')).toBe('between');
    expect(judgeMove('paused', 'running')).toBe('between');
    expect(judgeMove('absent', 'paused')).toBe('between');
    expect(judgeMove('paused', 'absent')).toBe('between');
    expect(judgeMove('other', 'running')).toBe('between');
  });
});
