import type { Migration } from './migration.js';

/** Where a machine is being moved to: there its memory is promised as well, until the move has ended. */
export const moves: Migration = {
  name: '0006-moves',
  statements: [
    `alter table instances add column moving_to text references hosts (name)`,
    `create index instances_by_target on instances (moving_to) where moving_to is not null`,
  ],
};
