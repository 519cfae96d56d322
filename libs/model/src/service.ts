import type { Digest } from './names.js';
import type { RolloutStatus } from './states.js';

export type MachineSpec = {
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly firmware: 'bios' | 'uefi';
  /** `portable`: a CPU every host of the pool offers, so that machines can migrate; or a libvirt CPU model name. */
  readonly cpu: 'portable' | 'host-model' | (string & {});
};

export type AddressingSpec =
  | {
      readonly mode: 'static';
      readonly rangeStart: string;
      readonly rangeEnd: string;
      readonly prefix: number;
      readonly gateway: string | null;
    }
  | { readonly mode: 'dhcp' };

export type NetworkSpec = {
  readonly kind: 'bridge' | 'network';
  /** Name of the host's bridge or of the libvirt network. */
  readonly name: string;
  readonly addressing: AddressingSpec;
};

export type UserDataSpec = {
  /** What cloud-init finds on the machine's NoCloud seed. */
  readonly cloudInit?: {
    /** As it stands. */
    readonly userData: string;
    /** Lines of YAML, after the machine's own `instance-id` and `local-hostname`; they may say these anew. */
    readonly metaData?: string;
    /** As it stands; by default the reserved address, or nothing when the machine asks DHCP. */
    readonly networkConfig?: string;
  };
  /** systemd credentials, passed as SMBIOS OEM strings (systemd.exec(5), smbios-type-11(7)). */
  readonly credentials?: Readonly<Record<string, string>>;
};

type CheckTiming = {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Successes in a row until healthy, failures in a row until unhealthy. */
  readonly successes: number;
  readonly failures: number;
  /** From start of the machine: how long it may take to become healthy. */
  readonly startPeriodSeconds: number;
};
export type HealthSpec = CheckTiming &
  (
    | { readonly kind: 'http'; readonly port: number; readonly path: string; readonly status: number }
    | { readonly kind: 'tcp'; readonly port: number }
    | { readonly kind: 'agent' }
  );

export type TrafficSpec = {
  readonly provider: 'haproxy' | 'none';
  readonly backend: string;
  readonly port: number;
};
export type SandboxSpec = { readonly profile: 'default' | 'strict' };

/** What an iteration freezes. Any difference here casts new machines. */
export type IterationSpec = {
  readonly image: Digest;
  readonly machine: MachineSpec;
  readonly network: NetworkSpec;
  readonly userData: UserDataSpec;
  readonly health: HealthSpec;
  readonly traffic: TrafficSpec;
  readonly sandbox: SandboxSpec;
};

export type RolloutSpec = {
  readonly strategy: 'rolling';
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** No instance made available for this long: the rollout fails and, if allowed, rolls back. */
  readonly progressDeadlineSeconds: number;
  readonly drainSeconds: number;
  readonly automaticRollback: boolean;
};

export type PlacementSpec = {
  /** Only these hosts; empty means any. */
  readonly hosts: readonly string[];
  readonly spread: 'hosts' | 'none';
};

/** What a service may change without casting new machines. */
export type ServiceSettings = {
  readonly replicas: number;
  readonly rollout: RolloutSpec;
  readonly placement: PlacementSpec;
};

/**
 * The service of machines that boot an image once to prove it. Nobody may declare it; its machines have iteration 0, and
 * none of what looks after services looks after them: the operation that started one takes it away.
 */
export const PROOF_SERVICE = 'image-proof';

export type Service = ServiceSettings & {
  readonly name: string;
  /** The iteration that the service should run. */
  readonly iteration: number;
  readonly status: 'active' | 'deleting' | 'deleted';
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

export type Iteration = {
  readonly service: string;
  readonly number: number;
  /** sha256 of the canonical spec. */
  readonly specHash: string;
  readonly spec: IterationSpec;
  /** Set once it served with all replicas and its gates held. */
  readonly knownGoodAt: Date | null;
  readonly createdAt: Date;
};

export type RolloutNote = {
  readonly at: string;
  readonly action: string;
  readonly instanceId?: string;
  readonly reason: string;
};

export type Rollout = {
  readonly service: string;
  readonly number: number;
  readonly fromIteration: number | null;
  readonly toIteration: number;
  readonly trigger: 'declared' | 'rollback' | 'automaticRollback' | 'scale' | 'replace';
  readonly status: RolloutStatus;
  readonly statusReason: string | null;
  /** The operation a client watches. */
  readonly operationId: string;
  readonly notes: readonly RolloutNote[];
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};
