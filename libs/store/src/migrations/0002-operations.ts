import type { Migration } from './migration.js';

/** Work and its history: operations with lease and step log, rollouts, events, idempotency keys. */
export const operations: Migration = {
  name: '0002-operations',
  statements: [
    `create table operations (
      id uuid primary key,
      kind text not null,
      runs_as text not null check (runs_as in ('flow', 'controller')),
      status text not null,
      input jsonb not null,
      progress jsonb not null default '{"percent":0,"message":""}',
      state jsonb not null default '{}',
      resources jsonb not null,
      result jsonb not null default 'null',
      error jsonb not null default 'null',
      may_cancel boolean not null,
      cancel_requested boolean not null default false,
      parent_id uuid references operations (id) on delete cascade,
      child_key text,
      created_by text not null,
      created_at timestamptz(3) not null default now(),
      started_at timestamptz(3),
      finished_at timestamptz(3),
      wanted_locks text[] not null default '{}',
      lease_holder text,
      lease_epoch bigint not null default 0,
      lease_until timestamptz(3),
      check ((parent_id is null) = (child_key is null))
    )`,
    // A step that runs again finds the child that it started before.
    `create unique index operations_child on operations (parent_id, child_key) where parent_id is not null`,
    `create index operations_newest on operations (created_at desc, id desc)`,
    `create index operations_open on operations (created_at) where status in ('pending', 'running')`,
    `create index operations_resources on operations using gin (resources jsonb_path_ops)`,
    `create table operation_steps (
      operation_id uuid not null references operations (id) on delete cascade,
      name text not null,
      position integer not null,
      status text not null
        check (status in ('running', 'succeeded', 'failed', 'undoing', 'undone', 'undoFailed')),
      starts integer not null default 1,
      failures integer not null default 0,
      undo_failures integer not null default 0,
      retry text check (retry in ('never', 'later', 'now')),
      error jsonb not null default 'null',
      undo_error jsonb not null default 'null',
      started_at timestamptz(3) not null default now(),
      finished_at timestamptz(3),
      primary key (operation_id, name)
    )`,
    // Not unique by name alone: a child may work on what its parent holds.
    `create table operation_locks (
      name text not null,
      operation_id uuid not null references operations (id) on delete cascade,
      primary key (name, operation_id)
    )`,
    `create index operation_locks_by_operation on operation_locks (operation_id)`,
    `create table rollouts (
      service text not null references services (name),
      number integer not null check (number > 0),
      from_iteration integer,
      to_iteration integer not null,
      trigger text not null
        check (trigger in ('declared', 'rollback', 'automaticRollback', 'scale', 'replace')),
      status text not null,
      status_reason text,
      operation_id uuid not null references operations (id),
      notes jsonb not null default '[]',
      started_at timestamptz(3) not null default now(),
      finished_at timestamptz(3),
      primary key (service, number),
      foreign key (service, to_iteration) references iterations (service, number)
    )`,
    `create unique index rollouts_one_running on rollouts (service) where status = 'running'`,
    `create table events (
      id bigserial primary key,
      at timestamptz(3) not null default clock_timestamp(),
      type text not null,
      resource_type text not null,
      resource_id text not null,
      data jsonb not null
    )`,
    `create index events_by_resource on events (resource_type, resource_id, id)`,
    `create table idempotency_keys (
      key text not null,
      principal text not null,
      request_hash text not null,
      answer jsonb,
      created_at timestamptz(3) not null default now(),
      primary key (principal, key)
    )`,
  ],
};
