import { describe, expect, it } from '@jest/globals';
import { MIGRATE } from '../constants/migrate.js';
import { DOMAIN_STATE, PAUSED_REASON, RUNNING_REASON } from '../constants/state.js';
import { isSplit, isWaiting, keeperOf, sourceFlags, targetFlags, withText } from './migration-rules.js';
import { typed } from './parameters.js';

const paused = (reason: number) => ({ state: DOMAIN_STATE.PAUSED, reason });
const running = (reason: number) => ({ state: DOMAIN_STATE.RUNNING, reason });

describe('the rules of a migration', () => {
  it('protect the domain at the source, and keep from the target what is not for it', () => {
    const flags = MIGRATE.LIVE | MIGRATE.ABORT_ON_ERROR | MIGRATE.AUTO_CONVERGE | MIGRATE.PERSIST_DEST;
    expect(sourceFlags(flags)).toBe(flags | MIGRATE.CHANGE_PROTECTION);
    expect(targetFlags(flags)).toBe(MIGRATE.LIVE | MIGRATE.PERSIST_DEST);
  });

  it('replace every parameter of a name by one', () => {
    const params = [typed.string('uri', 'a'), typed.int('port', 1), typed.string('uri', 'b')];
    expect(withText(params, 'uri', 'c')).toEqual([typed.int('port', 1), typed.string('uri', 'c')]);
    expect(withText([], 'uri', 'c')).toEqual([typed.string('uri', 'c')]);
  });

  it('give the domain to the target once it runs there, whatever way', () => {
    expect(keeperOf(running(RUNNING_REASON.MIGRATED))).toBe('target');
    expect(keeperOf(running(RUNNING_REASON.POSTCOPY))).toBe('target');
    expect(keeperOf(paused(PAUSED_REASON.USER))).toBe('target');
    expect(keeperOf(paused(PAUSED_REASON.IOERROR))).toBe('target');
  });

  it('give it back to the source when the target has none, or only its definition', () => {
    expect(keeperOf(undefined)).toBe('source');
    expect(keeperOf({ state: DOMAIN_STATE.SHUTOFF, reason: 0 })).toBe('source');
  });

  it('leave it to nobody while the target still waits', () => {
    expect(keeperOf(paused(PAUSED_REASON.MIGRATION))).toBe('unclear');
    expect(isWaiting(paused(PAUSED_REASON.MIGRATION))).toBe(true);
    expect(isWaiting(paused(PAUSED_REASON.USER))).toBe(false);
  });

  it('know a domain whose memory is in two places', () => {
    expect(isSplit(paused(PAUSED_REASON.POSTCOPY))).toBe(true);
    expect(isSplit(paused(PAUSED_REASON.POSTCOPY_FAILED))).toBe(true);
    expect(isSplit(paused(PAUSED_REASON.MIGRATION))).toBe(false);
    expect(isSplit(running(RUNNING_REASON.POSTCOPY))).toBe(false);
  });
});
