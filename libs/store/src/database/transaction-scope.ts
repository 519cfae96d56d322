import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<{ open: boolean }>();

/** Whether the caller runs inside the work of a transaction that is still open. */
export const isInTransaction = (): boolean => scope.getStore()?.open ?? false;

/** Marks everything that `work` calls, until it ends. */
export async function markTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark = { open: true };
  try {
    return await scope.run(mark, work);
  } finally {
    mark.open = false;
  }
}
