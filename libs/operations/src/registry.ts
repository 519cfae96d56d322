import { AppError, OPERATION_KINDS, type OperationKind } from '@diecast/model';
import type { AnyOperation } from './definition.js';

/** Every flow kind has exactly one definition. */
export type Registry<Services> = {
  definition(kind: OperationKind): AnyOperation<Services>;
};

/**
 * Checked when the program starts, so that no operation is accepted that nobody can run.
 * @param kinds which flow kinds this program must have; all of the model's unless a test says otherwise
 * @throws AppError `internal` naming what is missing, double, or wrong in a definition
 */
export function createRegistry<Services>(
  definitions: readonly AnyOperation<Services>[],
  kinds: readonly OperationKind[] = FLOW_KINDS,
): Registry<Services> {
  const byKind = new Map<OperationKind, AnyOperation<Services>>();
  for (const definition of definitions) {
    refuse(byKind.has(definition.kind), `Operation kind ${definition.kind} is defined twice.`);
    refuse(
      OPERATION_KINDS[definition.kind] !== 'flow',
      `Operation kind ${definition.kind} is driven by a controller and has no steps.`,
    );
    checkSteps(definition);
    byKind.set(definition.kind, definition);
  }
  const missing = kinds.filter((kind) => !byKind.has(kind));
  refuse(missing.length > 0, `No definition for the operation kinds ${missing.join(', ')}.`);

  return {
    definition(kind) {
      const definition = byKind.get(kind);
      if (!definition) throw new AppError('internal', `Operation kind ${kind} has no definition here.`);
      return definition;
    },
  };
}

const FLOW_KINDS = (Object.keys(OPERATION_KINDS) as OperationKind[]).filter(
  (kind) => OPERATION_KINDS[kind] === 'flow',
);

function checkSteps<Services>(definition: AnyOperation<Services>): void {
  const names = definition.steps.map((step) => step.name);
  refuse(names.length === 0, `Operation ${definition.kind} has no steps.`);
  refuse(new Set(names).size !== names.length, `Operation ${definition.kind} has two steps of one name.`);
  const { pivot, kind } = definition;
  const at = typeof pivot === 'string' ? pivot : pivot?.within;
  refuse(
    at !== undefined && !names.includes(at),
    `Operation ${kind} names a pivot ${at} that is none of its steps.`,
  );
  const forwardFrom =
    at === undefined ? names.length : names.indexOf(at) + (typeof pivot === 'string' ? 0 : 1);
  definition.steps.forEach(({ name, undo }, index) => {
    const undoable = typeof undo === 'function';
    refuse(
      undoable && index >= forwardFrom,
      `Operation ${kind} never undoes step ${name}: its pivot is before.`,
    );
    refuse(!undoable && undo.none === '', `Operation ${kind} does not say why step ${name} needs no undo.`);
  });
}

function refuse(wrong: boolean, message: string): void {
  if (wrong) throw new AppError('internal', message);
}
