import type { Event } from '@diecast/model';
import type { Store } from '@diecast/store';

const BATCH = 200;

/**
 * Events in order and without a gap after the given id, for ever; an empty batch now and then, so that the caller can
 * show that it lives.
 * @param options.after id of the last event that the caller has; "0" is from the beginning
 * @param options.idleMs how long it stays silent at most
 */
export async function* followEvents(
  store: Store,
  options: {
    readonly after: string;
    readonly operationId?: string;
    readonly idleMs: number;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<readonly Event[], void> {
  const { operationId, idleMs, signal } = options;
  const filter = { limit: BATCH, ...(operationId === undefined ? {} : { operationId }) };
  let after = options.after;
  while (!signal.aborted) {
    // With a filter the newest event of all is not among those seen, and waiting after those would never sleep.
    const newest = operationId === undefined ? undefined : await store.events.latestId();
    const batch = await store.events.after(after, filter);
    after = batch.at(-1)?.id ?? after;
    yield batch;
    if (batch.length < BATCH && !signal.aborted) await store.events.wait(idleMs, signal, newest ?? after);
  }
}
