import type { Generated } from 'kysely';
import type {
  Digest,
  HostFileKind,
  HostStatus,
  ImageStatus,
  InstanceStatus,
  OperationKind,
  OperationStatus,
  Retry,
  Role,
  Rollout,
  RolloutStatus,
  Service,
  Snapshot,
  SnapshotStatus,
  StepStatus,
} from '@diecast/model';

/** A jsonb column. The mappers in `queries/` say what is in it. */
type Document = unknown;

export type HostTable = {
  readonly name: string;
  readonly uri: string;
  readonly migration_uri: string | null;
  readonly status: HostStatus;
  readonly status_reason: string | null;
  /** What an unreachable host was before. */
  readonly status_before: HostStatus | null;
  readonly facts: Document;
  readonly created_at: Generated<Date>;
  readonly last_seen_at: Date | null;
};

export type ImageTable = {
  readonly digest: Digest;
  readonly name: string;
  readonly version: string;
  readonly status: ImageStatus;
  readonly status_reason: string | null;
  readonly manifest: Document;
  readonly signature: Document;
  readonly signature_status: 'verified' | 'unsigned' | 'unverified';
  readonly evidence: Document;
  readonly size_bytes: number;
  readonly created_at: Generated<Date>;
};

export type ImageImportTable = { readonly operation_id: string; readonly digest: Digest };

export type ServiceTable = {
  readonly name: string;
  readonly iteration: number;
  readonly status: Service['status'];
  readonly replicas: number;
  readonly rollout: Document;
  readonly placement: Document;
  readonly shares: Generated<Document>;
  readonly created_at: Generated<Date>;
  readonly updated_at: Generated<Date>;
};

export type IterationTable = {
  readonly service: string;
  readonly number: number;
  readonly spec: Document;
  readonly spec_hash: string;
  readonly image_digest: Digest;
  readonly known_good_at: Date | null;
  readonly created_at: Generated<Date>;
};

export type RolloutTable = {
  readonly service: string;
  readonly number: number;
  readonly from_iteration: number | null;
  readonly to_iteration: number;
  readonly trigger: Rollout['trigger'];
  readonly status: RolloutStatus;
  readonly status_reason: string | null;
  readonly operation_id: string;
  readonly notes: Document;
  readonly stage: Generated<Document>;
  readonly paused_at: Date | null;
  readonly resumed_at: Date | null;
  readonly promotions: Generated<number>;
  readonly findings: Generated<Document>;
  readonly started_at: Generated<Date>;
  readonly finished_at: Date | null;
};

export type InstanceTable = {
  readonly id: string;
  readonly service: string;
  /** Null for a machine that proves an image. */
  readonly iteration: number | null;
  readonly host: string | null;
  readonly status: InstanceStatus;
  readonly status_reason: string | null;
  readonly generation: Generated<number>;
  /** Name of the network whose addresses must differ; null when none was reserved. */
  readonly network: string | null;
  readonly address: string | null;
  readonly mac: string;
  readonly memory_mib: number;
  /** Whether address and memory still count as taken. */
  readonly reserved: Generated<boolean>;
  readonly healthy: Generated<boolean>;
  readonly in_traffic: Generated<boolean>;
  readonly restored_from: string | null;
  readonly moving_to: Generated<string | null>;
  readonly active_layer: string | null;
  readonly created_at: Generated<Date>;
  readonly assembled_at: Date | null;
  readonly available_at: Date | null;
  readonly in_traffic_at: Date | null;
  readonly drained_at: Date | null;
  readonly standby_at: Date | null;
  readonly served_requests: number | null;
  readonly served_failures: number | null;
  /** What the balancer's counters showed last; they begin anew with each of its servers. */
  readonly counted_requests: Generated<number>;
  readonly counted_failures: Generated<number>;
  readonly ended_at: Date | null;
};

export type HostFileTable = {
  readonly host: string;
  readonly name: string;
  readonly kind: HostFileKind;
  readonly state: 'writing' | 'present';
  readonly size_bytes: number;
  readonly bytes_done: Generated<number>;
  readonly backing: string | null;
  readonly owner: string;
};

export type SnapshotTable = {
  readonly id: string;
  readonly instance_id: string;
  readonly service: string;
  readonly iteration: number;
  readonly host: string;
  readonly name: string;
  readonly with_memory: boolean;
  readonly status: SnapshotStatus;
  readonly status_reason: string | null;
  readonly quiesce: Snapshot['quiesce'];
  readonly pause_milliseconds: number | null;
  readonly layer: string | null;
  readonly memory_file: string | null;
  readonly size_bytes: number | null;
  readonly created_at: Generated<Date>;
};

export type OperationTable = {
  readonly id: string;
  readonly kind: OperationKind;
  /** Whether a worker's engine runs it; a controller's operation is not for the dispatcher. */
  readonly runs_as: 'flow' | 'controller';
  readonly status: OperationStatus;
  readonly input: Document;
  readonly progress: Generated<Document>;
  readonly state: Generated<Document>;
  readonly resources: Document;
  readonly result: Generated<Document>;
  readonly error: Generated<Document>;
  readonly may_cancel: boolean;
  readonly cancel_requested: Generated<boolean>;
  readonly parent_id: string | null;
  readonly child_key: string | null;
  readonly created_by: string;
  readonly created_at: Generated<Date>;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** Names of what it works on alone, sorted; as its kind and input say. */
  readonly wanted_locks: Generated<readonly string[]>;
  /** Hosts that had no room for its next step. */
  readonly wanted_hosts: Generated<readonly string[]>;
  readonly lease_holder: string | null;
  readonly lease_epoch: Generated<number>;
  readonly lease_until: Date | null;
};

export type OperationStepTable = {
  readonly operation_id: string;
  readonly name: string;
  readonly position: number;
  readonly status: StepStatus;
  readonly starts: Generated<number>;
  readonly failures: Generated<number>;
  readonly undo_failures: Generated<number>;
  readonly retry: Retry | null;
  readonly undo_retry: Generated<Retry | null>;
  /** Undoing it came too late: the pivot within it is passed. */
  readonly passed: Generated<boolean>;
  /** Hosts that it burdens while it runs or is being undone. */
  readonly burdens: Generated<readonly string[]>;
  readonly error: Generated<Document>;
  readonly undo_error: Generated<Document>;
  readonly started_at: Generated<Date>;
  readonly finished_at: Date | null;
};

export type OperationLockTable = { readonly name: string; readonly operation_id: string };

export type EventTable = {
  readonly id: Generated<number>;
  readonly at: Generated<Date>;
  readonly type: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly data: Document;
};

export type TokenTable = {
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly created_at: Generated<Date>;
  readonly revoked_at: Date | null;
};

export type IdempotencyTable = {
  readonly key: string;
  readonly principal: string;
  readonly request_hash: string;
  readonly answer: Document;
  readonly created_at: Generated<Date>;
};

export type HistoryTable = {
  /** Up to this event some are no longer there. */
  readonly pruned_through: number;
};

/** The tables as the migrations leave them. */
export type Database = {
  readonly hosts: HostTable;
  readonly images: ImageTable;
  readonly image_imports: ImageImportTable;
  readonly services: ServiceTable;
  readonly iterations: IterationTable;
  readonly rollouts: RolloutTable;
  readonly instances: InstanceTable;
  readonly host_files: HostFileTable;
  readonly snapshots: SnapshotTable;
  readonly operations: OperationTable;
  readonly operation_steps: OperationStepTable;
  readonly operation_locks: OperationLockTable;
  readonly events: EventTable;
  readonly history: HistoryTable;
  readonly tokens: TokenTable;
  readonly idempotency_keys: IdempotencyTable;
};
