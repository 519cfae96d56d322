import type { ErrorRecord, Event, Json, Operation, OperationKind, ResourceRef } from '@diecast/model';
import type { Limits } from '@diecast/operations';
import type { Page, PageRequest } from './page.js';

export type NewOperation = {
  readonly kind: OperationKind;
  readonly input: Json;
  readonly resources: readonly ResourceRef[];
  readonly createdBy: string;
  readonly parentId?: string;
  /** Unique within the parent. */
  readonly childKey?: string;
};

/** An operation that a worker runs and that is not over: pending, running or stuck. */
export type OpenOperation = Pick<
  Operation,
  'id' | 'kind' | 'input' | 'resources' | 'parentId' | 'mayCancel' | 'cancelRequested' | 'createdAt'
> & { readonly status: 'pending' | 'running' | 'stuck' };
/** A try at making a machine that is over. */
export type EndedCast = {
  readonly iteration: number;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly error: ErrorRecord | null;
  readonly finishedAt: Date;
};

export interface OperationQueries {
  /** Pending, unless idempotency finds an earlier one. */
  insert(operation: NewOperation): Promise<Operation>;
  find(id: string): Promise<Operation | undefined>;
  require(id: string): Promise<Operation>;
  list(
    filter?: PageRequest & {
      readonly status?: Operation['status'];
      readonly kind?: OperationKind;
      readonly resource?: ResourceRef;
    },
  ): Promise<Page<Operation>>;
  /** All of them, oldest first: what they name is in somebody's hands. */
  open(): Promise<readonly OpenOperation[]>;
  /** Of operations `instance.create` that name the service among their resources; newest first. */
  endedCasts(service: string, limit: number): Promise<readonly EndedCast[]>;
  /** Sets cancelRequested; a pending one is cancelled at once. @throws conflict when it may not be cancelled any more */
  requestCancel(id: string): Promise<Operation>;
  /** A stuck operation tries again from the step that it stands at, with fresh attempts. @throws conflict */
  retry(id: string): Promise<Operation>;
  /** A stuck operation is given up as `failed`; what it left stays as it is. @throws conflict */
  abandon(id: string): Promise<Operation>;
  /**
   * Ids of operations that should be running and are not (pending, or running without a valid lease), and whose turn it is;
   * oldest first. For the dispatcher.
   */
  runnable(limit: number, limits?: Limits): Promise<readonly string[]>;
  /**
   * For an operation that this transaction has inserted. @throws busy naming another one that works on the same alone,
   * waits for that, or stands stuck with it
   */
  requireTurn(id: string): Promise<void>;
}

export interface HistoryQueries {
  /**
   * Lets go of a part of what is older: operations that are over (those of rollouts stay), events but those of operations
   * that are there, idempotency keys. `more`: call again.
   */
  prune(keepDays: number): Promise<{
    readonly operations: number;
    readonly events: number;
    readonly keys: number;
    readonly more: boolean;
  }>;
}

export interface EventQueries {
  append(event: Omit<Event, 'id' | 'at'>): Promise<void>;
  /** In order, after the given id. */
  after(
    id: string | null,
    filter: { readonly operationId?: string; readonly limit: number },
  ): Promise<readonly Event[]>;
  latestId(): Promise<string>;
  /**
   * Resolves when something may be new, when the signal aborts, or after the timeout: LISTEN/NOTIFY underneath.
   * @param after the id of the last event that the caller has seen: resolves at once when a later one was announced
   *   since, so that nothing slips between looking and waiting
   */
  wait(timeoutMs: number, signal?: AbortSignal, after?: string): Promise<void>;
}

export interface IdempotencyQueries {
  /**
   * Call it in `store.transaction` together with what the request makes and with `complete`: then key, operation and
   * answer are there or not there as one, and of two at once the second gets the first one's answer. Outside of a
   * transaction it waits for the first's answer (10 s, then `busy`), and a key held by a process that died is free
   * again after 60 s.
   * Same key and request hash → the stored answer; other hash → throws idempotency_mismatch; new → undefined and the key is held.
   */
  begin(
    key: string,
    principal: string,
    requestHash: string,
  ): Promise<
    | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Json }
    | undefined
  >;
  complete(
    key: string,
    principal: string,
    answer: {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Json;
    },
  ): Promise<void>;
  /** After a failure that made nothing: the key may be used again. */
  abandon(key: string, principal: string): Promise<void>;
}
