import type { Json, Operation, OperationKind, Progress, ResourceRef } from '@diecast/model';
import type { Lease } from './lease-rules.js';

/** Structured log of one operation; every line carries the operation id. */
export interface OperationLog {
  debug(facts: Readonly<Record<string, unknown>>, message: string): void;
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
}

/**
 * Stands between one attempt of a step and the world. What has an effect asks it first, so that a worker which may have
 * lost its lease, or has left the step behind, does nothing more.
 */
export interface EffectGuard {
  readonly lease: Lease;
  /** Aborted when nothing more may be done; what is under way is not waited for any longer. */
  readonly signal: AbortSignal;
  /**
   * Before an effect; renews the lease when that is due.
   * @returns milliseconds in which an effect that begins now must be over: the lease lasts longer, renewed or not
   * @throws AppError `lease_lost`
   */
  admit(): Promise<number>;
  /** The same without asking anybody, for the very moment in which an effect leaves this process. */
  insist(): number;
}

export type ChildRequest = {
  readonly kind: OperationKind;
  readonly input: Json;
  readonly resources: readonly ResourceRef[];
  /** Unique within the parent: a step that runs again finds the child it started before. */
  readonly key: string;
};

/** What a step gets to work with. `State` is what earlier steps returned, merged. */
export interface StepContext<Input, State> {
  readonly operationId: string;
  readonly input: Input;
  readonly state: Readonly<Partial<State>>;
  /**
   * True when an earlier attempt began and did not succeed (its worker died, it failed, it was handed back), so that
   * its effect may be there: look at the host before acting again.
   */
  readonly resumed: boolean;
  /** Aborted on cancellation, lost lease, deadline and shutdown of the worker. */
  readonly signal: AbortSignal;
  readonly log: OperationLog;
  /** Milliseconds until this attempt is ended for being too long; never below 0. */
  timeLeftMs(): number;
  /** A member of the state that an earlier step must have set. @throws AppError `internal` when it is missing */
  need<Key extends keyof State>(key: Key): State[Key];
  /** Before an effect that the services do not check by themselves. @throws AppError `lease_lost` */
  checkLease(): Promise<void>;
  /** Stored at most a few times a second; the last one always. */
  progress(progress: Progress): void;
  startChild(request: ChildRequest): Promise<Operation>;
  /** Waits for its end; returns it whatever the end was. Cancelling the parent cancels the child. */
  waitForChild(id: string): Promise<Operation>;
}

export type Step<Services, Input, State> = {
  readonly name: string;
  /** Idempotent: looks first, acts, returns what later steps need. */
  readonly run: (services: Services, context: StepContext<Input, State>) => Promise<Partial<State> | void>;
  /**
   * Idempotent, also when run never happened; or why nothing needs to be undone. Only of a pivot that lies within this
   * step it may answer `passed`: it came too late, the effect is there for good, and the operation goes on forward.
   */
  readonly undo:
    ((services: Services, context: StepContext<Input, State>) => Promise<Undone>) | { readonly none: string };
  /** How long one attempt may take. Default 300. */
  readonly deadlineSeconds?: number;
  /** Attempts for errors whose retry is `later`. Default 3 before the pivot. */
  readonly attempts?: number;
  /**
   * Names of hosts that the step burdens, known from earlier steps: it waits while too many others burden one of them. Not
   * for a step that waits for children, which would wait for the place that it has.
   */
  readonly burdens?: (state: Readonly<Partial<State>>, input: Input) => readonly (string | undefined)[];
};

export type Undone = void | 'passed';

/**
 * Where there is only forward. The name of a step: from its start. `within` a step: from a moment inside it that only the
 * host knows; until then it can be cancelled, and its undo finds out whether that came too late (without an undo there is
 * nothing to find out: it cannot be cancelled from its start, but it may fail).
 */
export type Pivot = string | { readonly within: string };

/** An operation is a table of steps. Reading the table tells the whole story. */
export type OperationDefinition<Services, Input extends Json, State> = {
  readonly kind: OperationKind;
  readonly steps: readonly Step<Services, Input, State>[];
  /** Absent: everything can be undone, until the last step that has no undo begins. */
  readonly pivot?: Pivot;
  readonly result?: (state: Readonly<Partial<State>>, input: Input) => Json;
  /** For the person who has to help when it can get no further: what is there of its work, and where. Only looks. */
  readonly leaves: (services: Services, of: Work<Input, State>) => Promise<readonly Left[]>;
};

export type Work<Input, State> = {
  readonly operationId: string;
  readonly input: Input;
  readonly state: Readonly<Partial<State>>;
};
export type Left = {
  /** e.g. `machine 1f0e… (validating)`. */
  readonly what: string;
  /** e.g. `host rack1-a`. */
  readonly where: string;
};

/** A step whose types are closed over: only the engine calls it, with what its own definition has made. */
export type AnyStep<Services> = Omit<Step<Services, never, never>, 'run' | 'burdens'> & {
  readonly burdens?: (state: never, input: never) => readonly (string | undefined)[];
  readonly run: (services: Services, context: StepContext<never, never>) => Promise<object | void>;
};

/** A definition whose types are closed over, as the registry and the engine hold it: any definition fits. */
export type AnyOperation<Services> = Omit<
  OperationDefinition<Services, never, never>,
  'steps' | 'result' | 'leaves'
> & {
  readonly steps: readonly AnyStep<Services>[];
  readonly result?: (state: never, input: never) => Json;
  readonly leaves: (services: Services, of: Work<never, never>) => Promise<readonly Left[]>;
};

export function defineOperation<Services, Input extends Json, State>(
  definition: OperationDefinition<Services, Input, State>,
): OperationDefinition<Services, Input, State> {
  return definition;
}
