import { isOperationOver, tellsTheEnd, type Event } from '@diecast/model';
import { followEvents } from '@diecast/platform';
import type { Store } from '@diecast/store';

/** Whether the operation is over and nothing happened to it after the event. @throws AppError `not_found` */
export async function nothingComes(store: Store, id: string, after: string): Promise<boolean> {
  const { status } = await store.operations.require(id);
  if (!isOperationOver(status)) return false;
  return (await store.events.after(after, { operationId: id, limit: 1 })).length === 0;
}

/**
 * The events of one operation after the given id, until it is over; an empty batch now and then.
 * @throws AppError `not_found`
 */
export async function* operationEvents(
  store: Store,
  id: string,
  options: { readonly after: string; readonly idleMs: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly Event[], void> {
  // Whoever has seen the end would otherwise wait for ever.
  if (await nothingComes(store, id, options.after)) return;
  for await (const batch of followEvents(store, { ...options, operationId: id })) {
    const end = batch.findIndex(tellsTheEnd);
    yield end === -1 ? batch : batch.slice(0, end + 1);
    if (end !== -1) return;
  }
}
