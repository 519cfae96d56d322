/**
 * Closes in the order given, each one even when one before it failed, and reports the failures together.
 * Give what takes work first, and connections last.
 */
export async function closeAll(parts: readonly { close(): Promise<unknown> }[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) {
    try {
      await part.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be closed.');
}
