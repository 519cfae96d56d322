import type { Migration } from './migration.js';

/**
 * Lines are looked through for every operation that is asked for and begins: by an index that has whatever is not over, and
 * that keeps no unsorted rest to read from end to end.
 */
export const lines: Migration = {
  name: '0011-lines',
  statements: [
    `drop index operations_line`,
    `create index operations_line on operations using gin (wanted_locks) with (fastupdate = off)
      where status in ('pending', 'running', 'stuck')`,
  ],
};
