import type { Event } from './operation.js';
import { isOperationOver, OPERATION_STATES, type OperationStatus } from './states.js';

/** Whether it tells that an operation is over. */
export function tellsTheEnd({ type, data }: Event): boolean {
  if (type !== 'operation.changed') return false;
  const status = data !== null && typeof data === 'object' && 'status' in data ? data.status : undefined;
  return isStatus(status) && isOperationOver(status);
}

const isStatus = (word: unknown): word is OperationStatus =>
  typeof word === 'string' && Object.hasOwn(OPERATION_STATES, word);
