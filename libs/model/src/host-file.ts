import { digestHex, type Digest } from './names.js';

/**
 * A file of ours in a host's storage pool (a libvirt storage volume). The store knows every one, who made it and who
 * needs it, so that nothing is left behind and nothing is removed that somebody stands on.
 */
export type HostFileKind = 'blob' | 'layer' | 'seed' | 'memory';
export type HostFile = {
  readonly host: string;
  /** Name in the pool. */
  readonly name: string;
  readonly kind: HostFileKind;
  readonly state: 'writing' | 'present';
  readonly sizeBytes: number;
  /** How far a resumable transfer came. */
  readonly bytesDone: number;
  /** The file this one is layered on (same host), for disk layers. */
  readonly backing: string | null;
  /** Digest for blobs; instance id for active layers and seeds; snapshot id for frozen layers and memory. */
  readonly owner: string;
};

export const blobFileName = (digest: Digest): string => `sha256-${digestHex(digest)}.blob`;
export const layerFileName = (instanceId: string, snapshotId?: string): string =>
  snapshotId === undefined ? `instance-${instanceId}.qcow2` : `instance-${instanceId}.${snapshotId}.qcow2`;
export const seedFileName = (instanceId: string): string => `instance-${instanceId}.seed.iso`;
export const memoryFileName = (snapshotId: string): string => `snapshot-${snapshotId}.memory`;
/** The copy of a memory file that a machine is restored from: its description is that machine's. */
export const restoreFileName = (instanceId: string): string => `restore-${instanceId}.memory`;
