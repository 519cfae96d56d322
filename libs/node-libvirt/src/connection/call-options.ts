export type CallOptions = {
  /** Milliseconds from now until the caller gives up; default 30 000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
};

export const DEFAULT_DEADLINE_MS = 30_000;

/** What became of a call so far: about to leave, handed to the operating system, answered (well or not). */
export type CallPhase = 'sending' | 'sent' | 'answered';

/** Told of every call as it goes, for logs, figures and tests. It must not throw. */
export type CallTrace = (procedure: string, phase: CallPhase) => void;
