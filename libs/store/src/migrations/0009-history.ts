import type { Migration } from './migration.js';

/** History that is kept for some time, and what has been let go of it. */
export const history: Migration = {
  name: '0009-history',
  statements: [
    // One row: up to which event there may be gaps, so that nobody who resumes there misses something without knowing.
    `create table history (
      only_row boolean primary key default true check (only_row),
      pruned_through bigint not null default 0
    )`,
    `insert into history default values`,
    `create index operations_ended on operations (finished_at) where parent_id is null and finished_at is not null`,
    `create index events_by_age on events using brin (at)`,
  ],
};
