import type { Migration } from './migration.js';

/** What a host was before it fell silent, so that it becomes that again. */
export const hostMemory: Migration = {
  name: '0005-host-memory',
  statements: [`alter table hosts add column status_before text`],
};
