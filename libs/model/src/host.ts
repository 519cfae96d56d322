import type { HostStatus } from './states.js';

export type Accelerator = 'kvm' | 'tcg';

/** What a look at the host told, by booting and measuring, not by believing. */
export type HostFacts = {
  readonly hostname: string;
  /** libvirt's host UUID. */
  readonly hostUuid: string;
  /** e.g. "9.0.0". */
  readonly libvirtVersion: string;
  readonly qemuVersion: string;
  readonly architecture: string;
  readonly cpuModel: string;
  /** The host-model CPU of the domain capabilities, as libvirt XML: what a live CPU is compared with. */
  readonly cpuXml: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly accelerator: Accelerator;
  /** Why this accelerator and not a better one, with what the probe boot printed. */
  readonly acceleratorReason: string;
  /** Security drivers of the QEMU driver in force, e.g. ["none","dac"]. */
  readonly securityModels: readonly string[];
  readonly pool: {
    readonly name: string;
    readonly path: string;
    readonly capacityBytes: number;
    readonly availableBytes: number;
  };
};

export type Host = {
  readonly name: string;
  readonly uri: string;
  /** The URI by which other hosts' libvirtd dial this one in a peer-to-peer migration; by default derived from uri. */
  readonly migrationUri: string | null;
  readonly status: HostStatus;
  readonly statusReason: string | null;
  /** What the operator wants when the host is reachable: the status it returns to. */
  readonly facts: HostFacts | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date | null;
};
