import type { Operation } from '@diecast/model';
import type { AnyOperation, EffectGuard, Left, OperationLog } from './definition.js';

/** What is there of an operation's work, as its definition tells. Not to know it is no reason to stay silent about the rest. */
export async function findLeft<Services>(
  parts: {
    readonly definition: AnyOperation<Services>;
    readonly services: (guard: EffectGuard) => Services;
    readonly logger: OperationLog;
  },
  guard: EffectGuard,
  { operation, state }: { readonly operation: Operation; readonly state: object },
): Promise<readonly Left[]> {
  // The definition's author knows the types of its input and state; the engine only carries them.
  const of = { operationId: operation.id, input: operation.input as never, state: state as never };
  try {
    return await parts.definition.leaves(parts.services(guard), of);
  } catch (error) {
    parts.logger.warn({ err: error }, 'What a stuck operation leaves could not be found out.');
    return [];
  }
}
