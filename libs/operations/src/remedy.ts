import { ERROR_CODES, type ErrorRecord, type Operation } from '@diecast/model';
import type { Action } from './next-action.js';

/** What a person is told of an operation that cannot get further. */
export function remedyFor(operation: Operation, action: Extract<Action, { do: 'stuck' }>): ErrorRecord {
  const { step, error } = action;
  const { advice } = ERROR_CODES[error.code];
  const paths = [`POST /v1/operations/${operation.id}/retry`, `POST /v1/operations/${operation.id}/abandon`];
  return {
    code: 'stuck',
    message:
      `Step ${step} cannot get further: ${error.message} ${advice} ` +
      `Then ${paths[0]} carries on from there; ${paths[1]} gives up and leaves what is there.`,
    details: { step, cause: error, retry: paths[0], abandon: paths[1] },
  };
}
