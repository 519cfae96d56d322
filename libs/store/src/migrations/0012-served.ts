import type { Migration } from './migration.js';

/** A balancer counts from 0 when it is restarted and for every new server; what a machine has served goes on. */
export const served: Migration = {
  name: '0012-served',
  statements: [
    `alter table instances
      add column counted_requests bigint not null default 0,
      add column counted_failures bigint not null default 0`,
  ],
};
