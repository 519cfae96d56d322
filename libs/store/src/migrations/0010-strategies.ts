import type { Migration } from './migration.js';

/** What strategies, gates, standby sets and receipts remember. */
export const strategies: Migration = {
  name: '0010-strategies',
  statements: [
    `alter table services add column shares jsonb`,
    `update services set rollout = '{"batch": null, "order": "spread", "steps": [], "promotion": "automatic",
      "bakeSeconds": 0, "analysis": [], "standbySeconds": 0, "brakePercent": 50}'::jsonb || rollout`,
    `alter table rollouts
      add column stage jsonb,
      add column paused_at timestamptz(3),
      add column resumed_at timestamptz(3),
      add column promotions integer not null default 0,
      add column findings jsonb not null default '[]'`,
    `alter table rollouts drop constraint rollouts_trigger_check`,
    `alter table rollouts add constraint rollouts_trigger_check
      check (trigger in ('declared', 'rollback', 'automaticRollback', 'abort', 'scale', 'replace'))`,
    `alter table instances
      add column assembled_at timestamptz(3),
      add column in_traffic_at timestamptz(3),
      add column drained_at timestamptz(3),
      add column standby_at timestamptz(3),
      add column served_requests bigint,
      add column served_failures bigint`,
  ],
};
