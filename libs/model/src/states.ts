import { AppError } from './errors.js';

/** A state table: every state and where it may go. The same table draws the docs and checks the database. */
export type StateTable = Readonly<Record<string, readonly string[]>>;

export const HOST_STATES = {
  ready: ['cordoned', 'draining', 'unreachable'],
  cordoned: ['ready', 'draining', 'unreachable'],
  draining: ['cordoned', 'ready', 'unreachable'],
  unreachable: ['ready', 'cordoned', 'draining', 'fenced'],
  fenced: ['ready', 'cordoned'],
} as const satisfies StateTable;
export type HostStatus = keyof typeof HOST_STATES;

export const IMAGE_STATES = {
  importing: ['candidate', 'deleting'],
  candidate: ['proven', 'revoked', 'deleting'],
  proven: ['deprecated', 'revoked', 'deleting'],
  deprecated: ['proven', 'revoked', 'deleting'],
  revoked: ['deleting'],
  // No way back: what is half deleted boots nowhere, and a revoked image must not return as another.
  deleting: [],
} as const satisfies StateTable;
export type ImageStatus = keyof typeof IMAGE_STATES;

export const INSTANCE_STATES = {
  pending: ['assembling', 'failed'],
  assembling: ['validating', 'failed'],
  // A machine that only proves its image ends here without ever being available.
  validating: ['available', 'failed', 'discontinued'],
  available: ['draining', 'failed'],
  draining: ['discontinued', 'available', 'standby', 'failed'],
  // Paused in memory, out of traffic: it can serve again at once.
  standby: ['available', 'draining', 'failed'],
  discontinued: [],
  failed: ['discontinued'],
} as const satisfies StateTable;
export type InstanceStatus = keyof typeof INSTANCE_STATES;

export const OPERATION_STATES = {
  pending: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'stuck', 'pending'],
  succeeded: [],
  failed: [],
  cancelled: [],
  stuck: ['running', 'failed'],
} as const satisfies StateTable;
export type OperationStatus = keyof typeof OPERATION_STATES;

export const ROLLOUT_STATES = {
  running: ['succeeded', 'failed', 'rolledBack', 'superseded'],
  succeeded: [],
  failed: [],
  rolledBack: [],
  superseded: [],
} as const satisfies StateTable;
export type RolloutStatus = keyof typeof ROLLOUT_STATES;

export const SNAPSHOT_STATES = {
  creating: ['ready', 'failed'],
  ready: ['deleting'],
  // Back to what it was, when nothing was taken from it yet.
  deleting: ['deleted', 'ready', 'failed'],
  deleted: [],
  failed: ['deleting', 'deleted'],
} as const satisfies StateTable;
export type SnapshotStatus = keyof typeof SNAPSHOT_STATES;

export function mayGo(table: StateTable, from: string, to: string): boolean {
  return table[from]?.includes(to) ?? false;
}

/** @throws AppError `conflict` naming both states */
export function requireTransition(table: StateTable, noun: string, from: string, to: string): void {
  if (mayGo(table, from, to)) return;
  const allowed = table[from]?.join(', ') || 'nothing';
  throw new AppError(
    'conflict',
    `${noun} is ${from} and cannot become ${to}; from ${from} it may become ${allowed}.`,
  );
}

export const isOperationOver = (status: OperationStatus): boolean => OPERATION_STATES[status].length === 0;
/** An instance that exists or is about to exist on a host. */
export const isInstanceLive = (status: InstanceStatus): boolean =>
  status !== 'discontinued' && status !== 'failed';
