import { AppError, isOperationOver, type Operation } from '@diecast/model';
import type { Store } from '@diecast/store';

export const MAX_WAIT_SECONDS = 60;

/** Of `?wait=SECONDS`; absent: 0. @throws AppError `invalid` */
export function parseWait(value: unknown): number {
  if (value === undefined) return 0;
  const seconds = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
  if (seconds <= MAX_WAIT_SECONDS) return seconds;
  const message = `must be a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}`;
  throw new AppError('invalid', `The request is wrong: wait ${message}.`, {
    errors: [{ path: 'wait', message }],
  });
}

/**
 * The operation when it is over or stuck, or as it stands after so many seconds, or when the signal aborts.
 * @throws AppError `not_found`
 */
export async function waitForOperation(
  store: Store,
  id: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<Operation> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    // Before looking, so that a change between looking and waiting is not slept through.
    const seen = seconds > 0 ? await store.events.latestId() : undefined;
    const operation = await store.operations.require(id);
    const left = until - performance.now();
    const rests = isOperationOver(operation.status) || operation.status === 'stuck';
    if (rests || left <= 0 || signal?.aborted) return operation;
    await store.events.wait(left, signal, seen);
  }
}
