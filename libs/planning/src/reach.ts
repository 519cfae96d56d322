/** How a host has answered lately. */
export type Reach = {
  /** Looks in a row that failed. */
  readonly failures: number;
};
export const REACHED: Reach = { failures: 0 };

/** One failed look may be a lost packet or a busy machine; a second one in a row is an answer. */
const SILENT_AFTER = 2;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** What one more failed look makes of it: whether the host counts as unreachable, and when to look again. */
export function judgeSilence(before: Reach): Reach & {
  readonly unreachable: boolean;
  readonly retryInMs: number;
} {
  const failures = before.failures + 1;
  return {
    failures,
    unreachable: failures >= SILENT_AFTER,
    retryInMs: Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - SILENT_AFTER)),
  };
}
