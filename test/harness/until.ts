import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until there is something. The pause lets the server of this same process work. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(5);
  }
}
