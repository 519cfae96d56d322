import type { Duplex } from 'node:stream';
import { LibvirtTransportError } from '../errors.js';

/** The longest that a timer of Node can wait, 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type DialOptions = {
  /** Milliseconds for all of it: reaching the host, TLS, the daemon's verdict. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The daemon's socket for readers, where there is one. */
  readonly readOnly?: boolean;
};

/**
 * Resolves at `event`. At its first error or its end the attempt is destroyed and what `explain` makes of it is thrown; when
 * the signal aborts, the signal's reason.
 */
export function established<T extends Duplex>(
  attempt: T,
  event: string,
  signal: AbortSignal,
  explain: (error: unknown) => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      attempt.off(event, onEvent);
      attempt.off('error', fail);
      attempt.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      act();
    };
    const giveUp = (reason: unknown): void =>
      finish(() => {
        attempt.on('error', () => undefined);
        attempt.destroy();
        reject(reason);
      });
    const fail = (error: unknown): void => giveUp(explain(error));
    const onEvent = (): void => finish(() => resolve(attempt));
    const onClose = (): void => fail(new LibvirtTransportError('closed', 'the peer closed the connection'));
    const onAbort = (): void => giveUp(signal.reason);
    if (signal.aborted) return onAbort();
    attempt.once(event, onEvent);
    attempt.once('error', fail);
    attempt.once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Runs `work` with a signal that aborts after the time is up, or with the caller's own.
 *
 * @throws LibvirtTransportError `unreachable` when the time is up
 */
export async function withinDeadline<T>(
  where: string,
  options: DialOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const over = new AbortController();
  const timer = setTimeout(
    () =>
      over.abort(
        new LibvirtTransportError('unreachable', `${where} did not answer within ${options.timeoutMs} ms`),
      ),
    Math.min(options.timeoutMs, LONGEST_TIMER_MS),
  );
  const onAbort = (): void => over.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(over.signal);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}
