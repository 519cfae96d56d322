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
/** What is absent is not asked for: iterations are frozen, and a member more would make another of each. */
export type HttpCheck = {
  readonly kind: 'http';
  readonly port: number;
  readonly path: string;
  readonly status: number;
  /** Absent: http. */
  readonly scheme?: 'https';
  /** The server's certificate must be valid, for `serverName` or else for the machine's address. */
  readonly tlsVerify?: true;
  /** PEM of the authorities that may have issued it; absent: those that Node.js knows. */
  readonly ca?: string;
  /** The name that the server is asked for: TLS server name indication and `Host`. */
  readonly serverName?: string;
  /** Within the first 64 KiB of the answer. */
  readonly bodyContains?: string;
};
export type AgentCheck = {
  readonly kind: 'agent';
  /** A program in the guest, by its absolute path, with its arguments: healthy when it ends with 0. Absent: a ping. */
  readonly command?: readonly string[];
};
export type HealthSpec = CheckTiming &
  (HttpCheck | { readonly kind: 'tcp'; readonly port: number } | AgentCheck);

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

export type CanaryStep = {
  /** Percent of the requests, 1 to 99, that the new iteration gets; as many of its machines exist, rounded up. */
  readonly weight: number;
  /** How long the gates must hold before the next step; null: until a person promotes. */
  readonly pauseSeconds: number | null;
};

/** Something that is asked again and again while a rollout runs, and whose answers can end it. */
export type AnalysisSpec = {
  readonly name: string;
  readonly intervalSeconds: number;
  /** So many bad answers in a row, and the gate has failed. No answer is a bad one. */
  readonly failures: number;
} & (
  | {
      readonly kind: 'prometheus';
      /** Base address of the server: `/api/v1/query` is asked below it. */
      readonly url: string;
      /** PromQL with one number as its answer. */
      readonly query: string;
      /** Good when it is not below; null: no limit. */
      readonly least: number | null;
      readonly most: number | null;
    }
  /** POST with the rollout as JSON; a status of 200 to 299 is a good answer. */
  | { readonly kind: 'webhook'; readonly url: string }
);

export type RolloutStrategy = 'rolling' | 'blueGreen' | 'canary' | 'recreate';

export type RolloutSpec = {
  /**
   * - `rolling`: one by one, as far as `maxSurge` and `maxUnavailable` let it
   * - `blueGreen`: a whole new set, then all requests at once
   * - `canary`: step by step more requests
   * - `recreate`: the new ones when the old ones are gone, for what must not run twice
   */
  readonly strategy: RolloutStrategy;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** At most so many new machines on their way at once; null: as many as there is room for. */
  readonly batch: number | null;
  /** Which machine goes first: one on the host with the most (`spread`), or the oldest. */
  readonly order: 'spread' | 'oldest';
  /** Steps of a canary, with growing weights; the last one is followed by everything. */
  readonly steps: readonly CanaryStep[];
  /** Blue-green: whether the new set takes over by itself, or waits for a person to promote it. */
  readonly promotion: 'automatic' | 'manual';
  /** How long a whole new set must serve with its gates held until it is known to be good. */
  readonly bakeSeconds: number;
  readonly analysis: readonly AnalysisSpec[];
  /** No instance made available for this long: the rollout fails and, if allowed, rolls back. */
  readonly progressDeadlineSeconds: number;
  readonly drainSeconds: number;
  readonly automaticRollback: boolean;
  /** How long replaced machines of the last known-good iteration wait, paused in memory; 0: they do not. */
  readonly standbySeconds: number;
  /** More than this part of the replicas sick at once: nothing is replaced any more, because it may be ours. */
  readonly brakePercent: number;
};

/** What holds where a declaration says nothing. */
export const DEFAULT_ROLLOUT: RolloutSpec = {
  strategy: 'rolling',
  maxSurge: 1,
  maxUnavailable: 0,
  batch: null,
  order: 'spread',
  steps: [],
  promotion: 'automatic',
  bakeSeconds: 0,
  analysis: [],
  progressDeadlineSeconds: 600,
  drainSeconds: 10,
  automaticRollback: true,
  standbySeconds: 0,
  brakePercent: 50,
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

/** Percent of the requests by iteration, together 100. An iteration that is not named gets none. */
export type Shares = Readonly<Record<string, number>>;

export const shareOf = (shares: Shares | null, iteration: number): number | null =>
  shares === null ? null : (shares[String(iteration)] ?? 0);

export type Service = ServiceSettings & {
  readonly name: string;
  /** The iteration that the service should run. */
  readonly iteration: number;
  readonly status: 'active' | 'deleting' | 'deleted';
  /** Who gets the requests; null: every healthy machine alike. */
  readonly shares: Shares | null;
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

/** Where a rollout stands. */
export type RolloutStage = {
  /**
   * - `cast`: machines are made, and take over as the strategy lets them
   * - `canary`: a step's part of the requests is served, and the gates are watched
   * - `preview`: a whole new set waits for a person to promote it
   * - `bake`: all requests are served, and the gates are watched
   * - `retire`: it has proved good; what it replaced leaves
   */
  readonly name: 'cast' | 'canary' | 'preview' | 'bake' | 'retire';
  /** Of a canary, from 0; its steps are over when it is their number. */
  readonly step: number;
  /** How often a person had said "go on" when it began: once more, and it is over. */
  readonly promotions: number;
  /** ISO 8601. */
  readonly since: string;
};

/** What an analysis has answered last. */
export type Finding = {
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly good: boolean;
  readonly badInRow: number;
  /** What was measured, or why not. */
  readonly message: string;
};

export type Rollout = {
  readonly service: string;
  readonly number: number;
  readonly fromIteration: number | null;
  readonly toIteration: number;
  readonly trigger: 'declared' | 'rollback' | 'automaticRollback' | 'abort' | 'scale' | 'replace';
  readonly status: RolloutStatus;
  readonly statusReason: string | null;
  /** The operation a client watches. */
  readonly operationId: string;
  readonly notes: readonly RolloutNote[];
  readonly stage: RolloutStage | null;
  /** Set while a person has stopped it. */
  readonly pausedAt: Date | null;
  /** When it last went on after a pause: time that it stood still counts for no deadline. */
  readonly resumedAt: Date | null;
  /** How often a person said "go on". */
  readonly promotions: number;
  readonly findings: readonly Finding[];
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};
