import { AppError, type Operation } from '@diecast/model';
import type { ChildRequest, StepContext } from '@diecast/operations';

type Parent = Pick<StepContext<unknown, unknown>, 'startChild' | 'waitForChild'>;

/** Starts an operation below this one, or finds the one that an earlier attempt started, and waits for its end. */
export async function runChild(parent: Parent, request: ChildRequest): Promise<Operation> {
  const { id } = await parent.startChild(request);
  return parent.waitForChild(id);
}

/** @throws AppError as the child failed; never to be retried, since the same key finds the same failed child */
export function requireSuccess(child: Operation): Operation {
  if (child.status === 'succeeded') return child;
  const { code, message, details } = child.error ?? {
    code: 'internal' as const,
    message: `Operation ${child.id} (${child.kind}) ended ${child.status}.`,
  };
  throw new AppError(code, message, { details: { ...details, operation: child.id }, retry: 'never' });
}

/**
 * Works on every item, on at most `limit` at a time. After a failure nothing more begins; it ends when all that began has.
 * @throws the first failure
 */
export async function eachAtMost<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (failures.length === 0) {
      const [next] = waiting.splice(0, 1);
      if (next === undefined) return;
      await work(next).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  if (failures.length > 0) throw failures[0];
}
