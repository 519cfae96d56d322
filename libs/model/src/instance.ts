import type { InstanceStatus } from './states.js';

export type Instance = {
  /** UUID; also the domain's UUID at libvirt and the VM's SMBIOS UUID. */
  readonly id: string;
  readonly service: string;
  /** 0 for a machine of PROOF_SERVICE, which belongs to no iteration. */
  readonly iteration: number;
  readonly host: string | null;
  readonly status: InstanceStatus;
  readonly statusReason: string | null;
  /** Grows with every start or move; a domain with an older one is stale and is removed on sight. */
  readonly generation: number;
  readonly address: string | null;
  readonly mac: string;
  readonly healthy: boolean;
  readonly inTraffic: boolean;
  /** The snapshot it was restored from. */
  readonly restoredFrom: string | null;
  /** Volume name of the disk layer it writes to, top of the chain; null before it is assembled. */
  readonly activeLayer: string | null;
  readonly createdAt: Date;
  /** When its start was over and its checks began. */
  readonly assembledAt: Date | null;
  /** When it first passed its checks. */
  readonly availableAt: Date | null;
  /** When it was last let into traffic, and when it got out of it since; null: it was not. */
  readonly inTrafficAt: Date | null;
  readonly drainedAt: Date | null;
  /** Since when it waits, or has waited until its end, paused in memory; null: it does not, or serves again. */
  readonly standbyAt: Date | null;
  readonly endedAt: Date | null;
  /** What the balancer has counted of it so far; null: it was never asked. */
  readonly served: Served | null;
};

/** Requests (in mode tcp: connections) that a machine was given, and those of them that failed by its fault. */
export type Served = { readonly requests: number; readonly failures: number };

/** libvirt domain name: `diecast-web-3-1a2b3c4d`. Readable in virsh, unique by id. */
export const domainName = (instance: Pick<Instance, 'service' | 'iteration' | 'id'>): string =>
  `diecast-${instance.service}-${instance.iteration}-${instance.id.slice(-8)}`;
