import { ERROR_CODES, type ErrorRecord, type Operation } from '@diecast/model';
import type { Left } from './definition.js';
import type { Action } from './next-action.js';

/** More than a person reads; all of it is in the details. */
const NAMED = 5;

/** What a person is told of an operation that cannot get further: where it stands and why, what is there of it, and what to do. */
export function remedyFor(
  { id }: Operation,
  { step, error }: Extract<Action, { do: 'stuck' }>,
  left: readonly Left[],
): ErrorRecord {
  const { advice } = ERROR_CODES[error.code];
  const [retry, abandon] = [`POST /v1/operations/${id}/retry`, `POST /v1/operations/${id}/abandon`];
  return {
    code: 'stuck',
    message: [
      `Step ${step} cannot get further: ${error.message}`,
      describe(left),
      advice,
      `Then ${retry} carries on from there; ${abandon} gives up and leaves what is there.`,
    ].join(' '),
    details: { step, cause: error, left, retry, abandon },
  };
}

function describe(left: readonly Left[]): string {
  if (left.length === 0) return 'Nothing is left of it.';
  const named = left.slice(0, NAMED).map(({ what, where }) => `${what} on ${where}`);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  return `It leaves ${named.join(', ')}${more}.`;
}
