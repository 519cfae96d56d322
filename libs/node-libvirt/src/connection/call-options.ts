export type CallOptions = {
  /** Milliseconds from now until the caller gives up; default 30 000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
};

export const DEFAULT_DEADLINE_MS = 30_000;
