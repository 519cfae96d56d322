import type { InputOf, Operation, OperationKind, ResourceRef } from '@diecast/model';
import type { Store } from '@diecast/store';

/** Writes the intent; a worker does it. The kind decides what it must be told. */
export const startOperation = <Kind extends OperationKind>(
  store: Store,
  wanted: {
    readonly kind: Kind;
    readonly input: InputOf<Kind>;
    readonly resources: readonly ResourceRef[];
    /** Name of the token that asks. */
    readonly by: string;
  },
): Promise<Operation> =>
  store.operations.insert({
    kind: wanted.kind,
    input: wanted.input,
    resources: wanted.resources,
    createdBy: wanted.by,
  });
