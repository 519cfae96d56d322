import type { Json, Operation } from '@diecast/model';
import type { Store } from '@diecast/store';

type Death = {
  readonly kind: Operation['kind'];
  readonly input: Json;
  /** Steps that it finished, and what they returned. */
  readonly finished: readonly (readonly [name: string, state: Readonly<Record<string, Json>>])[];
  /** The step in which it dies. */
  readonly begun: string;
};

/**
 * Leaves an operation in the store as a worker does that died in the middle of a step: its lease has run out, its intent is
 * written, and nobody knows of its effect. What it did on hosts before that, the test does.
 * @returns the operation's id
 */
export async function leaveToDie({ operations, journal }: Store, death: Death): Promise<string> {
  const { kind, input, finished, begun } = death;
  const { id } = await operations.insert({ kind, input, resources: [], createdBy: 'test' });
  const acquired = await journal.acquire(id, { holder: 'dead', ttlMs: 1 });
  if (acquired.got !== 'lease') throw new Error(`the lease is ${acquired.got}`);
  const { lease } = acquired;
  for (const [position, [name, state]] of finished.entries()) {
    await journal.startStep(lease, { name, position, closes: false });
    await journal.finishStep(lease, { name, closes: false }, state);
  }
  await journal.startStep(lease, { name: begun, position: finished.length, closes: false });
  return id;
}
