import type { Migration } from './migration.js';

/** Whose turn it is: lines for what is worked on alone, and room on hosts. */
export const turns: Migration = {
  name: '0008-turns',
  statements: [
    `alter table operations add column wanted_hosts text[] not null default '{}'`,
    `create index operations_line on operations using gin (wanted_locks) where status = 'pending'`,
    `alter table operation_steps add column burdens text[] not null default '{}'`,
    `create index operation_steps_burdens on operation_steps (operation_id)
      where status in ('running', 'undoing') and burdens <> '{}'`,
  ],
};
