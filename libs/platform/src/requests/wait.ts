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

/** What to do when another operation is at work on the same: wait in line, or be refused with `busy`. */
export const IF_BUSY = ['wait', 'refuse'] as const;
export type IfBusy = (typeof IF_BUSY)[number];

/** @param name of what holds it, for the error. @throws AppError `invalid` */
export function parseIfBusy(value: unknown, name: string): IfBusy {
  const chosen = value === undefined ? 'wait' : IF_BUSY.find((each) => each === value);
  if (chosen !== undefined) return chosen;
  const message = `must be one of ${IF_BUSY.join(', ')}`;
  throw new AppError('invalid', `The request is wrong: ${name} ${message}.`, {
    errors: [{ path: name, message }],
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
