import type { Migration } from './migration.js';

/**
 * The nouns. Times keep milliseconds only, so that a JavaScript Date is the exact sort key of a page.
 * Which states exist is said by the model; the CHECK constraints for them are laid at every start (state-checks.ts).
 */
export const nouns: Migration = {
  name: '0001-nouns',
  statements: [
    `create table hosts (
      name text primary key,
      uri text not null unique,
      migration_uri text,
      status text not null,
      status_reason text,
      facts jsonb,
      created_at timestamptz(3) not null default now(),
      last_seen_at timestamptz(3)
    )`,
    `create table images (
      digest text primary key check (digest ~ '^sha256:[0-9a-f]{64}$'),
      name text not null,
      version text not null,
      status text not null,
      status_reason text,
      manifest jsonb not null,
      signature jsonb,
      signature_status text not null check (signature_status in ('verified', 'unsigned', 'unverified')),
      evidence jsonb,
      size_bytes bigint not null,
      created_at timestamptz(3) not null default now()
    )`,
    `create index images_by_name on images (name, created_at desc)`,
    `create table services (
      name text primary key,
      iteration integer not null,
      status text not null check (status in ('active', 'deleting', 'deleted')),
      replicas integer not null check (replicas >= 0),
      rollout jsonb not null,
      placement jsonb not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()
    )`,
    `create table iterations (
      service text not null references services (name),
      number integer not null check (number > 0),
      spec jsonb not null,
      spec_hash text not null,
      image_digest text not null,
      known_good_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      primary key (service, number)
    )`,
    `create index iterations_by_image on iterations (image_digest)`,
    `create table instances (
      id uuid primary key,
      service text not null,
      iteration integer not null,
      host text references hosts (name),
      status text not null,
      status_reason text,
      generation integer not null default 1,
      network text,
      address text,
      mac text not null,
      memory_mib integer not null check (memory_mib > 0),
      reserved boolean not null default true,
      healthy boolean not null default false,
      in_traffic boolean not null default false,
      restored_from uuid,
      active_layer text,
      created_at timestamptz(3) not null default now(),
      available_at timestamptz(3),
      ended_at timestamptz(3),
      foreign key (service, iteration) references iterations (service, number)
    )`,
    // The last word on double booking, whatever the code above it does.
    `create unique index instances_address on instances (network, address) where reserved and address is not null`,
    `create index instances_by_service on instances (service, created_at)`,
    `create index instances_by_host on instances (host) where reserved`,
    `create table host_files (
      host text not null references hosts (name),
      name text not null,
      kind text not null check (kind in ('blob', 'layer', 'seed', 'memory')),
      state text not null check (state in ('writing', 'present')),
      size_bytes bigint not null,
      bytes_done bigint not null default 0,
      backing text,
      owner text not null,
      primary key (host, name)
    )`,
    `create index host_files_by_owner on host_files (owner)`,
    `create index host_files_by_backing on host_files (host, backing)`,
    `create table snapshots (
      id uuid primary key,
      instance_id uuid not null references instances (id),
      service text not null,
      iteration integer not null,
      host text not null,
      name text not null,
      with_memory boolean not null,
      status text not null,
      status_reason text,
      quiesce text check (quiesce in ('agent', 'none', 'failed')),
      pause_milliseconds double precision,
      layer text,
      memory_file text,
      size_bytes bigint,
      created_at timestamptz(3) not null default now()
    )`,
    `create index snapshots_by_instance on snapshots (instance_id)`,
    `create table tokens (
      name text primary key,
      role text not null check (role in ('viewer', 'operator', 'admin')),
      hash text not null unique,
      created_at timestamptz(3) not null default now(),
      revoked_at timestamptz(3)
    )`,
  ],
};
