import type { Coming } from '@diecast/planning';
import type { OpenOperation } from '@diecast/store';

/**
 * What open operations work on: everything that they name among their resources, and the machines that their input names.
 * An operation may have been asked for without naming all that it touches; what it is told, it touches.
 */
export function busyIds(open: readonly OpenOperation[]): ReadonlySet<string> {
  return new Set(
    open.flatMap((operation) => [...operation.resources.map(({ id }) => id), ...named(operation)]),
  );
}

/** Machines that wait in memory and are being woken. */
export const wakingIds = (open: readonly OpenOperation[]): ReadonlySet<string> =>
  new Set(
    open.flatMap(({ kind, input }) =>
      kind === 'instance.resume' ? (textOf(input, 'instanceId') ?? []) : [],
    ),
  );

const named = ({ input }: OpenOperation): readonly string[] =>
  ['instanceId', 'replacementId', 'snapshotId'].flatMap((field) => textOf(input, field) ?? []);

/** Machines of a service that open operations are about to make, whether they have a row yet or not. */
export function comingTo(service: string, open: readonly OpenOperation[]): readonly (Coming & Maker)[] {
  return open.flatMap((operation) => {
    const { id, kind, input, createdAt, parentId, mayCancel, cancelRequested, status } = operation;
    if (kind !== 'instance.create' || textOf(input, 'service') !== service) return [];
    const instanceId = textOf(input, 'instanceId');
    const iteration = memberOf(input, 'iteration');
    if (instanceId === undefined || typeof iteration !== 'number') return [];
    // A stuck one waits for a person; asking it again and again would change nothing.
    const mayCallOff = parentId === null && mayCancel && !cancelRequested && status !== 'stuck';
    return [{ id: instanceId, iteration, since: createdAt, mayCallOff, operationId: id }];
  });
}
type Maker = { readonly operationId: string };

function textOf(input: OpenOperation['input'], field: string): string | undefined {
  const member = memberOf(input, field);
  return typeof member === 'string' ? member : undefined;
}

const memberOf = (input: OpenOperation['input'], field: string): unknown =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
    ? (input as Readonly<Record<string, unknown>>)[field]
    : undefined;
