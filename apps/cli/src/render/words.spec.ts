import { expect, it } from '@jest/globals';
import { age, duration, machineName, secondsBetween, shortDigest } from './words.js';

it.each([
  [0, '0s'],
  [59.4, '59s'],
  [59.6, '1m0s'],
  [93, '1m33s'],
  [3_600, '1h0m'],
  [90_061, '1d1h'],
])('says %s seconds as %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

it('never counts backwards when two clocks differ', () => {
  expect(secondsBetween('2026-01-01T00:00:05Z', '2026-01-01T00:00:00Z')).toBe(0);
  expect(age('2026-01-01T00:00:05Z', new Date('2026-01-01T00:00:00Z'))).toBe('0s');
  expect(age(null, new Date())).toBe('');
});

it('shortens ids and digests to what people tell apart', () => {
  const machine = { service: 'web', iteration: 3, id: '01a20da6-6d63-762f-a480-f515d4e0108f' };
  expect(machineName(machine)).toBe('web-3-d4e0108f');
  expect(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`)).toBe('sha256:0123456789ab');
});
