import { setTimeout as sleep } from 'node:timers/promises';

type Patience = { readonly everyMs?: number; readonly withinMs?: number };

/**
 * Looks until there is something. The pause lets the server of this same process work.
 * @throws Error when nothing has come in time
 */
export async function until<T>(
  look: () => Promise<T | undefined> | T | undefined,
  { everyMs = 5, withinMs = 60_000 }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`Nothing came within ${withinMs / 1000} s.`);
    await sleep(everyMs);
  }
}
