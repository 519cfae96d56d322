import type {
  Digest,
  Finding,
  Host,
  HostFacts,
  HostFile,
  HostStatus,
  Image,
  ImageEvidence,
  ImageStatus,
  Instance,
  InstanceStatus,
  Iteration,
  IterationSpec,
  Operation,
  Progress,
  Role,
  Rollout,
  RolloutNote,
  RolloutStage,
  RolloutStatus,
  Served,
  Service,
  ServiceSettings,
  Shares,
  Snapshot,
  SnapshotStatus,
} from '@diecast/model';
import type { Lease, OperationJournal } from '@diecast/operations';
import type {
  EventQueries,
  HistoryQueries,
  IdempotencyQueries,
  OperationQueries,
} from './operation-queries.js';
import type { Page, PageRequest } from './page.js';

export type * from './operation-queries.js';
export type * from './page.js';

export interface HostQueries {
  /** As `unreachable`, until somebody has seen it. @throws already_exists */
  insert(host: {
    readonly name: string;
    readonly uri: string;
    readonly migrationUri: string | null;
  }): Promise<Host>;
  find(name: string): Promise<Host | undefined>;
  require(name: string): Promise<Host>;
  list(page?: PageRequest): Promise<Page<Host>>;
  all(): Promise<readonly Host[]>;
  /**
   * Refuses a transition that the table does not have; emits `host.changed`. Here and for the other nouns, the status
   * that it has already is no transition and always allowed, so that a step may run twice.
   */
  setStatus(name: string, status: HostStatus, reason: string | null): Promise<Host>;
  recordFacts(name: string, facts: HostFacts): Promise<void>;
  /** @param poolAvailableBytes room in its pool, when that was asked: it takes the place of what the facts say */
  recordSeen(name: string, at: Date, poolAvailableBytes?: number): Promise<void>;
  /**
   * An unreachable host that answers becomes again what it was before, or `ready` when it never was anything; every
   * other status stays.
   */
  comeBack(name: string): Promise<Host>;
  /** With the store's record of its files. @throws in_use naming reserved instances */
  delete(name: string): Promise<void>;
}

export type NewImage = Pick<
  Image,
  'digest' | 'name' | 'version' | 'manifest' | 'signature' | 'signatureStatus' | 'sizeBytes'
>;

export interface ImageQueries {
  /** As `importing`. @throws already_exists */
  insert(image: NewImage): Promise<Image>;
  find(digest: Digest): Promise<Image | undefined>;
  /** By digest, `name` (newest proven, else newest) or `name:version`. @throws not_found */
  resolve(reference: string): Promise<Image>;
  list(page?: PageRequest & { readonly name?: string; readonly status?: ImageStatus }): Promise<Page<Image>>;
  setStatus(digest: Digest, status: ImageStatus, reason: string | null): Promise<Image>;
  /** Keeps the evidence and makes it `proven`, in one; the first proof stands for ever. */
  recordProof(digest: Digest, evidence: ImageEvidence): Promise<Image>;
  /**
   * Remembers that the operation imports the image. A new one becomes `importing`; one that is here stays as it is, but
   * takes a verified signature that it lacked, unless what it has is frozen.
   * @throws image_revoked; busy while it is being deleted; conflict when the operation began with another image
   */
  beginImport(image: NewImage, operationId: string): Promise<Image>;
  /** `importing` becomes `candidate`; every other status stays. */
  finishImport(operationId: string): Promise<Image>;
  /**
   * Forgets that the operation imports an image. Returns the image, as `deleting`, when it never came whole and nobody else
   * imports it: what it has is to be removed, then its row. May be called again until the row is gone.
   */
  abandonImport(operationId: string): Promise<Image | undefined>;
  /**
   * The way to its end: from here on nobody can begin to use it.
   * @throws in_use naming iterations of live services, instances or snapshots; busy while an operation imports it
   */
  markDeleting(digest: Digest): Promise<Image>;
  /** Whether an image that is not being deleted has this blob; `besides` is not asked. */
  needsBlob(blob: Digest, besides?: Digest): Promise<boolean>;
  /** The row alone. @throws in_use as markDeleting */
  delete(digest: Digest): Promise<void>;
}

export interface ServiceQueries {
  find(name: string): Promise<Service | undefined>;
  require(name: string): Promise<Service>;
  /** Without those that were deleted. */
  list(page?: PageRequest): Promise<Page<Service>>;
  /** Services that a controller must look at: active or deleting. */
  live(): Promise<readonly Service[]>;
  /**
   * One transaction. Same spec and settings: nothing. Other settings only: updated, with a rollout (trigger `scale`, to
   * the same iteration) if replicas changed, else none. Other spec: the next iteration and a rollout to it. A new
   * rollout supersedes a running one, whose operation ends `cancelled`. A deleted service begins anew where its
   * iteration numbers ended.
   * @throws not_found, image_unproven, image_revoked for a new iteration's image; conflict while it is being deleted;
   *   invalid for the reserved name PROOF_SERVICE
   */
  declare(
    name: string,
    spec: IterationSpec,
    settings: ServiceSettings,
    createdBy: string,
  ): Promise<{
    readonly service: Service;
    readonly iteration: Iteration;
    readonly change: 'created' | 'none' | 'settings' | 'iteration';
    readonly rollout: Rollout | null;
    readonly operation: Operation | null;
  }>;
  /** A rollout back to an iteration that exists; default: the last known-good one other than the current. @throws conflict */
  rollBack(
    name: string,
    to: number | null,
    trigger: 'rollback' | 'automaticRollback' | 'abort',
    createdBy: string,
  ): Promise<{ readonly rollout: Rollout; readonly operation: Operation }>;
  markDeleting(name: string): Promise<void>;
  /** Takes markDeleting back, while nothing of the service was taken away. */
  markActive(name: string): Promise<void>;
  markDeleted(name: string): Promise<void>;
  iteration(name: string, number: number): Promise<Iteration>;
  iterations(name: string, page?: PageRequest): Promise<Page<Iteration>>;
  /** Who gets the requests from now on; the same again tells nobody. */
  setShares(name: string, shares: Shares | null): Promise<void>;
  markKnownGood(name: string, number: number, at: Date): Promise<void>;
  /** The iteration other than `except` that was last known to be good. */
  lastKnownGood(name: string, except: number): Promise<number | null>;
}

export interface RolloutQueries {
  running(service: string): Promise<Rollout | undefined>;
  find(service: string, number: number): Promise<Rollout | undefined>;
  list(service: string, page?: PageRequest): Promise<Page<Rollout>>;
  addNotes(service: string, number: number, notes: readonly RolloutNote[]): Promise<void>;
  /** Progress of the rollout's operation; the same again tells nobody. */
  recordProgress(service: string, number: number, progress: Progress): Promise<void>;
  /** What a running one remembers, or is told by a person. Each @throws conflict when it is over, not_found */
  recordStage(service: string, number: number, stage: RolloutStage): Promise<Rollout>;
  recordFindings(service: string, number: number, findings: readonly Finding[]): Promise<Rollout>;
  pause(service: string, number: number): Promise<Rollout>;
  resume(service: string, number: number): Promise<Rollout>;
  promote(service: string, number: number): Promise<Rollout>;
  /**
   * Ends the rollout and its operation in one transaction.
   * @param by whose doing it is when it does not succeed; the operation's error says `unhealthy` or `cancelled`
   */
  finish(
    service: string,
    number: number,
    status: RolloutStatus,
    reason: string | null,
    by?: 'gates' | 'person',
  ): Promise<void>;
}

export interface InstanceQueries {
  /**
   * Placement, memory and (if static) the lowest free address of the range in one transaction, as `pending`; two at
   * once get two addresses. The same id again returns what was reserved before.
   * @throws no_address, no_capacity when the host's known memory is used up, not_found for the host
   */
  reserve(instance: {
    readonly id: string;
    readonly service: string;
    readonly iteration: number;
    readonly host: string;
    readonly mac: string;
    readonly memoryMiB: number;
    readonly range: {
      readonly network: string;
      readonly rangeStart: string;
      readonly rangeEnd: string;
    } | null;
    readonly restoredFrom?: string;
  }): Promise<Instance>;
  find(id: string): Promise<Instance | undefined>;
  require(id: string): Promise<Instance>;
  list(
    filter?: PageRequest & {
      readonly service?: string;
      readonly host?: string;
      readonly status?: InstanceStatus;
    },
  ): Promise<Page<Instance>>;
  /** Live ones (not discontinued or failed) of a service, a host, or all. */
  live(filter?: { readonly service?: string; readonly host?: string }): Promise<readonly Instance[]>;
  /** Those that have address and memory: live ones, and failed ones that nobody has cleared away. */
  reserved(filter?: { readonly service?: string; readonly host?: string }): Promise<readonly Instance[]>;
  setStatus(id: string, status: InstanceStatus, reason: string | null): Promise<Instance>;
  /**
   * What the balancer's counters of it show now: what is more than the last time is added to what it has served. Counters that
   * show less, and those of a machine that was out of traffic, have begun anew. Tells nobody.
   */
  recordServed(id: string, counted: Served): Promise<void>;
  /** Of an available machine; of any other it changes nothing. The same again tells nobody. */
  recordHealth(id: string, healthy: boolean): Promise<void>;
  update(
    id: string,
    change: Partial<
      Pick<
        Instance,
        'host' | 'generation' | 'address' | 'healthy' | 'inTraffic' | 'activeLayer' | 'availableAt'
      >
    >,
  ): Promise<Instance>;
  /**
   * Promises the machine's memory on the host that it is about to move to, beside that where it is; another host than
   * before takes that one's place. @throws no_capacity, not_found
   */
  beginMove(id: string, host: string): Promise<void>;
  /** It has moved (`arrived` says as what), or stays where it is: one of the two promises ends. */
  endMove(id: string, arrived?: { readonly host: string; readonly generation: number }): Promise<void>;
  /** Frees address and memory reservation; keeps the row as history. */
  release(id: string): Promise<void>;
  /** Reserved memory per host in MiB and count of instances that are there or on their way there, for placement. */
  load(): Promise<
    readonly { readonly host: string; readonly memoryMiB: number; readonly instances: number }[]
  >;
}

export interface HostFileQueries {
  find(host: string, name: string): Promise<HostFile | undefined>;
  onHost(host: string): Promise<readonly HostFile[]>;
  byOwner(owner: string): Promise<readonly HostFile[]>;
  /** Files on the host that are layered on this one. */
  dependants(host: string, name: string): Promise<readonly HostFile[]>;
  /** Insert or return what is there. */
  begin(file: Omit<HostFile, 'state' | 'bytesDone'>): Promise<HostFile>;
  recordProgress(host: string, name: string, bytesDone: number): Promise<void>;
  recordPresent(host: string, name: string, sizeBytes: number): Promise<void>;
  recordBacking(host: string, name: string, backing: string | null): Promise<void>;
  recordOwner(host: string, name: string, owner: string): Promise<void>;
  remove(host: string, name: string): Promise<void>;
}

export interface SnapshotQueries {
  insert(
    snapshot: Pick<Snapshot, 'id' | 'instanceId' | 'service' | 'iteration' | 'host' | 'name' | 'withMemory'>,
  ): Promise<Snapshot>;
  find(id: string): Promise<Snapshot | undefined>;
  require(id: string): Promise<Snapshot>;
  list(page?: PageRequest & { readonly instanceId?: string }): Promise<Page<Snapshot>>;
  /** Of a service: those that have files, or are about to (not failed or deleted). */
  kept(service: string): Promise<readonly Snapshot[]>;
  setStatus(id: string, status: SnapshotStatus, reason: string | null): Promise<Snapshot>;
  recordResult(
    id: string,
    result: Partial<Pick<Snapshot, 'quiesce' | 'pauseMilliseconds' | 'layer' | 'memoryFile' | 'sizeBytes'>>,
  ): Promise<void>;
}

export interface TokenQueries {
  /** Stores only the hash. @param hash sha256 hex of the token */
  insert(token: { readonly name: string; readonly role: Role; readonly hash: string }): Promise<void>;
  findByHash(hash: string): Promise<{ readonly name: string; readonly role: Role } | undefined>;
  count(): Promise<number>;
  revoke(name: string): Promise<void>;
}

/**
 * All of the truth. `transaction` gives the same queries inside one transaction; inside it only that store may be
 * used. Every method @throws AppError `unavailable` when the database is away; changing what is frozen throws
 * `immutable`. Lists: newest first or by name, 50 items by default, at most 500; a wrong cursor throws `invalid`.
 */
export interface Store {
  readonly hosts: HostQueries;
  readonly images: ImageQueries;
  readonly services: ServiceQueries;
  readonly rollouts: RolloutQueries;
  readonly instances: InstanceQueries;
  readonly hostFiles: HostFileQueries;
  readonly snapshots: SnapshotQueries;
  readonly operations: OperationQueries;
  readonly events: EventQueries;
  readonly history: HistoryQueries;
  readonly tokens: TokenQueries;
  readonly idempotency: IdempotencyQueries;
  /** The memory of the engine in libs/operations. Nobody else writes through it. */
  readonly journal: OperationJournal;
  transaction<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Everything that `work` reads belongs to one moment. It may change nothing, and may use only the store it is given. */
  look<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Only one process at a time runs `work` for this name; others wait. Advisory lock on PostgreSQL. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>;
  /**
   * The same store for one holder of an operation: a change is kept only when its lease is the current one at the moment
   * of the commit. Not within a transaction. @throws lease_lost from every change after that
   */
  under(lease: Lease): Store;
  ping(): Promise<void>;
  close(): Promise<void>;
}
