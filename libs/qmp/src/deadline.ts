import { QmpTimeoutError } from './errors.js';

/** The longest that a timer of Node can wait, 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Limits = { readonly deadlineMs: number; readonly signal: AbortSignal | undefined };

/**
 * Runs `work` with a signal that aborts when the caller's does, or with a QmpTimeoutError after the deadline. The work has to
 * listen to it.
 */
export async function withinDeadline<T>(
  what: string,
  { deadlineMs, signal }: Limits,
  work: (signal: AbortSignal) => Promise<T>,
  wasSent: () => boolean = () => true,
): Promise<T> {
  signal?.throwIfAborted();
  const ending = new AbortController();
  const onAbort = (): void => ending.abort(signal?.reason);
  const timer = setTimeout(
    () => ending.abort(new QmpTimeoutError(what, deadlineMs, wasSent())),
    Math.min(deadlineMs, LONGEST_TIMER_MS),
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** How the promise ends, or the reason of the first signal that aborts before; what it does later is of no interest then. */
export async function unlessAborted<T>(promise: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  const givenUp = Promise.withResolvers<never>();
  const listening = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) givenUp.reject(signal.reason);
    signal.addEventListener('abort', () => givenUp.reject(signal.reason), { signal: listening.signal });
  }
  try {
    return await Promise.race([promise, givenUp.promise]);
  } finally {
    listening.abort();
  }
}
