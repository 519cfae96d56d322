import type { ErrorRecord } from './errors.js';
import type { Json } from './json.js';
import type { OperationStatus } from './states.js';

/**
 * Append-only: kinds are stored. `flow`: a table of steps that a worker runs. `controller`: a loop drives it and
 * ends it (a rollout is desired against actual, its steps are not known up front).
 */
export const OPERATION_KINDS = {
  'host.register': 'flow',
  'host.drain': 'flow',
  'image.import': 'flow',
  'image.prove': 'flow',
  'image.delete': 'flow',
  'instance.create': 'flow',
  'instance.discontinue': 'flow',
  'instance.replace': 'flow',
  'instance.migrate': 'flow',
  'instance.snapshot': 'flow',
  'snapshot.restore': 'flow',
  'snapshot.delete': 'flow',
  'service.rollout': 'controller',
  'service.delete': 'flow',
  'instance.park': 'flow',
  'instance.resume': 'flow',
} as const satisfies Record<string, 'flow' | 'controller'>;
export type OperationKind = keyof typeof OPERATION_KINDS;

export type ResourceType = 'host' | 'image' | 'service' | 'instance' | 'snapshot' | 'rollout';
export type ResourceRef = { readonly type: ResourceType; readonly id: string };

export type StepStatus = 'running' | 'succeeded' | 'failed' | 'undoing' | 'undone' | 'undoFailed';
export type OperationStep = {
  readonly name: string;
  readonly status: StepStatus;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly error: ErrorRecord | null;
};

export type Progress = {
  readonly percent: number;
  readonly message: string;
  /** Numbers for machines: bytes moved, dirty rate, expected downtime … named with their unit. */
  readonly data?: Readonly<Record<string, number>>;
};

export type Operation = {
  readonly id: string;
  readonly kind: OperationKind;
  readonly status: OperationStatus;
  readonly input: Json;
  readonly progress: Progress;
  readonly steps: readonly OperationStep[];
  readonly resources: readonly ResourceRef[];
  readonly result: Json;
  readonly error: ErrorRecord | null;
  readonly mayCancel: boolean;
  readonly cancelRequested: boolean;
  readonly parentId: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
};

/** One line of the event log: ordered by id, resumable. */
export type Event = {
  /** Decimal text of a growing 64-bit number. */
  readonly id: string;
  readonly at: Date;
  /** e.g. `operation.changed`, `instance.changed`, `host.changed`, `rollout.note`. */
  readonly type: string;
  readonly resource: ResourceRef | { readonly type: 'operation'; readonly id: string };
  readonly data: Json;
};
