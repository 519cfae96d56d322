import { AppError, type Operation } from '@diecast/model';
import type { ChildRequest, StepContext } from '@diecast/operations';

type Parent = Pick<StepContext<unknown, unknown>, 'startChild' | 'waitForChild'>;

/** Starts an operation below this one, or finds the one that an earlier attempt started, and waits for its end. */
export async function runChild(parent: Parent, request: ChildRequest): Promise<Operation> {
  const { id } = await parent.startChild(request);
  return parent.waitForChild(id);
}

/** Ends a machine as a part of something larger. @throws AppError as its end failed */
export async function discontinueMachine(
  parent: Parent,
  instanceId: string,
  key = `discontinue:${instanceId}`,
): Promise<void> {
  const child = await runChild(parent, {
    kind: 'instance.discontinue',
    input: { instanceId },
    resources: [{ type: 'instance', id: instanceId }],
    key,
  });
  requireSuccess(child);
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
