import type { SnapshotStatus } from './states.js';

export type Snapshot = {
  readonly id: string;
  readonly instanceId: string;
  readonly service: string;
  readonly iteration: number;
  readonly host: string;
  readonly name: string;
  readonly withMemory: boolean;
  readonly status: SnapshotStatus;
  readonly statusReason: string | null;
  /** Whether file systems were frozen by the guest agent while the disks were cut. */
  readonly quiesce: 'agent' | 'none' | 'failed' | null;
  /** How long the guest stood still, as QEMU's own STOP and RESUME events say. */
  readonly pauseMilliseconds: number | null;
  /** Frozen disk layer that holds the state at the moment of the snapshot (volume name). */
  readonly layer: string | null;
  readonly memoryFile: string | null;
  readonly sizeBytes: number | null;
  readonly createdAt: Date;
};
