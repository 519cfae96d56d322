export type CallOptions = {
  /** Milliseconds from now until the caller gives up; default 30 000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Called when the call is about to leave, however long it had to wait for that; what it throws ends the call, unsent. */
  readonly beforeSend?: () => void;
};

/** Of a caller who has waited already, for a connection. */
export type WaitingOptions = CallOptions & {
  /** By `performance.now()`: when the deadline began to run; default now. */
  readonly since?: number;
};

export const DEFAULT_DEADLINE_MS = 30_000;
