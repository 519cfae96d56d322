import type { Migration } from './migration.js';

/** Pivots that lie within a step, and undos that are not worth trying again. */
export const pivots: Migration = {
  name: '0007-pivots',
  statements: [
    `alter table operation_steps add column passed boolean not null default false`,
    `alter table operation_steps add column undo_retry text check (undo_retry in ('never', 'later', 'now'))`,
  ],
};
