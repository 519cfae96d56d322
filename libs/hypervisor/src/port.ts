import type { Readable } from 'node:stream';
import type {
  DiskFormat,
  HostFacts,
  IterationSpec,
  MachineSpec,
  NetworkSpec,
  Progress,
} from '@diecast/model';

/** Limits and cancellation of one call. */
export type CallOptions = { readonly signal?: AbortSignal; readonly deadlineMs?: number };

/**
 * Stands before every call to a host, so that a worker which may have lost what it works on does nothing more. The engine's
 * EffectGuard is one.
 */
export interface HostGuard {
  /** @returns milliseconds that a call may take; @throws to refuse it */
  admit(): Promise<number>;
  /** The same at the very moment in which the call leaves. */
  insist(): number;
  /** Aborts when nothing is waited for any longer. */
  readonly signal: AbortSignal;
}

/** Diecast's own metadata element in the domain XML: the machine explains itself. */
export type DomainIdentity = {
  readonly instanceId: string;
  readonly service: string;
  readonly iteration: number;
  readonly imageDigest: string;
  readonly generation: number;
};

export type DomainState = 'running' | 'paused' | 'shutoff' | 'crashed' | 'other';
export type DomainView = {
  readonly uuid: string;
  readonly name: string;
  readonly state: DomainState;
  /** libvirt's numeric reason for the state. */
  readonly reason: number;
  /** Null when the domain is not ours. */
  readonly identity: DomainIdentity | null;
  /** Volume names from the active layer down to the blob. */
  readonly diskChain: readonly string[];
};

/** Everything that makes one machine. Built into XML by a pure function. */
export type MachineDefinition = {
  readonly identity: DomainIdentity;
  readonly name: string;
  readonly accelerator: 'kvm' | 'tcg';
  readonly machine: MachineSpec;
  /** libvirt XML of the pool's portable CPU, or null for the hypervisor's default model. */
  readonly cpuXml: string | null;
  readonly network: NetworkSpec;
  readonly mac: string;
  readonly sandbox: IterationSpec['sandbox'];
  /** Absolute paths on the host. */
  readonly disk: {
    readonly path: string;
    readonly chain: readonly { readonly path: string; readonly format: DiskFormat }[];
  };
  readonly boot: { readonly kernel: string; readonly initrd: string; readonly commandLine: string } | null;
  readonly seedPath: string | null;
  /** systemd credentials as SMBIOS type 11 strings: name → text. */
  readonly credentials: Readonly<Record<string, string>>;
};

export type PoolFile = {
  readonly name: string;
  readonly path: string;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
};

export type MigrationProgress = Progress & {
  readonly data: {
    readonly totalBytes: number;
    readonly processedBytes: number;
    readonly remainingBytes: number;
    readonly dirtyBytesPerSecond: number;
    readonly bytesPerSecond: number;
    readonly expectedDowntimeMs: number;
    readonly iteration: number;
  };
};
export type MigrationResult = {
  /** How long the machine stood still, as libvirt measured it; null when it does not say. */
  readonly downtimeMs: number | null;
  readonly totalMs: number;
  readonly transferredBytes: number;
};

export type MigrationTarget = {
  /** How the source's libvirtd dials the target's. */
  readonly migrationUri: string;
  /** Address of the target on the migration network; null: what the target calls itself. */
  readonly address: string | null;
  readonly bandwidthMiBps?: number;
  readonly downtimeMs?: number;
};

export type SnapshotRequest = {
  /** File name of the layer that the machine goes on in. */
  readonly newLayer: string;
  /** File name in the pool, or null for disk only. */
  readonly memoryFile: string | null;
  readonly quiesce: boolean;
};
export type SnapshotResult = {
  readonly pauseMs: number;
  readonly quiesce: 'agent' | 'none' | 'failed';
  /** Bytes of the memory file, 0 without memory. */
  readonly memoryBytes: number;
};

export type HostEvent =
  | { readonly type: 'connected' | 'disconnected' | 'gap'; readonly host: string; readonly reason?: string }
  | {
      readonly type: 'domain';
      readonly host: string;
      readonly uuid: string;
      readonly event: 'started' | 'suspended' | 'resumed' | 'stopped' | 'crashed' | 'other';
    };

export interface HostFiles {
  /** The directory of the storage pool on the host; defines and starts the pool when it is missing. */
  ensurePool(options?: CallOptions): Promise<{ readonly name: string; readonly path: string }>;
  listFiles(options?: CallOptions): Promise<readonly PoolFile[]>;
  findFile(name: string, options?: CallOptions): Promise<PoolFile | undefined>;
  /** Succeeds when there is no such file. */
  deleteFile(name: string, options?: CallOptions): Promise<void>;
  /**
   * Writes a file from `from` on (bytes), creating it at its full size when it is missing. `onWritten` is called with the
   * offset up to which bytes are safely on the host.
   * @throws AppError `truncated` when the source has fewer bytes, `no_space`
   */
  writeFile(
    file: { readonly name: string; readonly size: number; readonly from: number; readonly source: Readable },
    options?: CallOptions & { readonly onWritten?: (offset: number) => Promise<void> | void },
  ): Promise<void>;
  /** Reads a file, whole or a range. */
  readFile(
    name: string,
    range?: { readonly offset: number; readonly length: number },
    options?: CallOptions,
  ): Promise<Readable>;
  /** sha256 of the file's first `size` bytes, hex. Streams it back through the connection. */
  hashFile(name: string, size: number, options?: CallOptions): Promise<string>;
  /** A qcow2 layer over a backing file of the same pool (given by name and format). */
  createLayer(
    layer: {
      readonly name: string;
      readonly virtualSize: number;
      readonly backing: { readonly name: string; readonly format: DiskFormat };
    },
    options?: CallOptions,
  ): Promise<void>;
  /** A copy on the same host; replaces what has that name. */
  copyFile(from: string, to: string, options?: CallOptions): Promise<void>;
}

export interface Machines {
  listMachines(options?: CallOptions): Promise<readonly DomainView[]>;
  findMachine(instanceId: string, options?: CallOptions): Promise<DomainView | undefined>;
  /** Transient, never autostarted. Finding it running with the same identity is success; with another one `conflict`. */
  startMachine(definition: MachineDefinition, options?: CallOptions): Promise<void>;
  /** Asks a running guest to shut down, then destroys after the grace time. Succeeds when it is gone. */
  stopMachine(instanceId: string, graceMs: number, options?: CallOptions): Promise<void>;
  /** It stands still, with all its memory. Finding it so is success. @throws AppError `not_found` */
  pauseMachine(instanceId: string, options?: CallOptions): Promise<void>;
  /** It goes on where it stood. Finding it running is success. @throws AppError `not_found`, `conflict` when it can't */
  resumeMachine(instanceId: string, options?: CallOptions): Promise<void>;
  /** IPv4 addresses as the guest agent, DHCP leases or ARP tell. */
  readAddresses(instanceId: string, options?: CallOptions): Promise<readonly string[]>;
  /**
   * What keeps a machine with this CPU (libvirt XML), which runs elsewhere, from running here, in libvirt's words; undefined
   * when nothing does.
   */
  findCpuObstacle(
    cpuXml: string,
    accelerator: 'kvm' | 'tcg',
    options?: CallOptions,
  ): Promise<string | undefined>;
  /**
   * The best CPU (libvirt XML) that machines can move with between hosts whose CPUs are given; undefined when these have
   * none in common, as CPUs of different vendors.
   */
  baselineCpu(
    cpuXmls: readonly string[],
    accelerator: 'kvm' | 'tcg',
    options?: CallOptions,
  ): Promise<string | undefined>;
  /** CPU of a running machine, for findCpuObstacle on the target; undefined when its description names none. */
  readMachineCpu(instanceId: string, options?: CallOptions): Promise<string | undefined>;
  updateGeneration(instanceId: string, generation: number, options?: CallOptions): Promise<void>;
}

export interface GuestAccess {
  /** Asked once. False also for the moment after a start or a move, in which libvirt has not connected the agent yet. */
  pingAgent(instanceId: string, options?: CallOptions): Promise<boolean>;
  /**
   * Runs a program in the guest through the agent.
   * @throws AppError `unavailable`, to be tried again, when the agent does not answer or is not connected yet
   */
  execInGuest(
    instanceId: string,
    argv: readonly string[],
    options?: CallOptions,
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /**
   * Sets the guest's clock, which stood still with its machine.
   * @returns false when no agent answers, or when it cannot
   */
  setClock(instanceId: string, now: Date, options?: CallOptions): Promise<boolean>;
  /** Lets file systems go on that a snapshot may have left frozen. Harmless when none is, or when no agent answers. */
  thawFileSystems(instanceId: string, options?: CallOptions): Promise<void>;
}

export interface Migrations {
  /**
   * Peer-to-peer live migration over TLS with non-shared overlay; survives our death. The target must already have the image
   * and an empty layer. Resolves when the call ends on the source; aborting the signal cancels the migration.
   */
  migrate(
    instanceId: string,
    target: MigrationTarget,
    options?: CallOptions & { readonly onProgress?: (progress: MigrationProgress) => void },
  ): Promise<void>;
  /** Of a migration that runs, asked on the source. */
  readMigration(instanceId: string, options?: CallOptions): Promise<MigrationProgress | undefined>;
  /** Of one that ended, asked on the target. */
  readCompletedMigration(instanceId: string, options?: CallOptions): Promise<MigrationResult | undefined>;
  cancelMigration(instanceId: string, options?: CallOptions): Promise<void>;
}

export interface Snapshots {
  /**
   * All disks in one transaction (and memory), without libvirt metadata: the running layer is frozen, the machine goes on in
   * `newLayer`.
   */
  snapshotMachine(
    instanceId: string,
    request: SnapshotRequest,
    options?: CallOptions & { readonly onProgress?: (progress: Progress) => void },
  ): Promise<SnapshotResult>;
  /** Pulls everything between the active layer and `base` into the active layer, so that the files between can go. */
  flattenOnto(
    instanceId: string,
    base: string,
    options?: CallOptions & { readonly onProgress?: (progress: Progress) => void },
  ): Promise<void>;
}

export interface Restores {
  /**
   * A new machine from a memory file, which stays as it is. It wakes with its link down, runs `identify` through its guest
   * agent to become itself, then the link comes up.
   */
  restoreMachine(
    definition: MachineDefinition,
    memoryFile: string,
    identify: readonly string[],
    options?: CallOptions,
  ): Promise<void>;
}

/**
 * One host. Every method is idempotent unless said otherwise, takes a deadline, and throws AppError:
 * `host_unreachable`, `host_refused`, `deadline`, `no_space`, `hypervisor_failed`, `not_found`, `conflict`.
 */
export interface Hypervisor {
  readonly host: string;
  readonly files: HostFiles;
  readonly machines: Machines;
  readonly guests: GuestAccess;
  readonly migrations: Migrations;
  readonly snapshots: Snapshots;
  readonly restores: Restores;

  /** Capabilities, versions, memory, pool; finds the accelerator by booting a boot sector. Up to 30 s. */
  probe(options?: CallOptions): Promise<HostFacts>;
  /** Free memory for new machines and room in the pool, in bytes. Quick. */
  readRoom(
    options?: CallOptions,
  ): Promise<{ readonly freeMemoryBytes: number; readonly poolAvailableBytes: number }>;
  /** Ends when the signal aborts. A `gap` says: look again, something may have been missed. */
  events(signal: AbortSignal): AsyncIterable<HostEvent>;
  close(): Promise<void>;
}

export type HostAddressBook = { readonly name: string; readonly uri: string };

/** Connections to hosts, opened when needed, kept, closed together. */
export interface Hypervisors {
  /** Cheap; connects at the first call. */
  at(host: HostAddressBook): Hypervisor;
  /** The same hosts over the same connections, with the guard before every call. */
  behind(guard: HostGuard): Hypervisors;
  forget(name: string): Promise<void>;
  close(): Promise<void>;
}
