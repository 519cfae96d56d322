import { AppError } from '@diecast/model';
import type { Page, PageRequest } from '../store.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

export type SortKey = readonly (string | number)[];

export function limitOf(page: PageRequest | undefined): number {
  const limit = page?.limit ?? DEFAULT_LIMIT;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new AppError('invalid', `A page has 1 to ${MAX_LIMIT} items.`, {
    errors: [{ path: 'limit', message: `must be a whole number from 1 to ${MAX_LIMIT}` }],
  });
}

export const encodeCursor = (key: SortKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const badCursor = (cause?: unknown): AppError =>
  new AppError('invalid', 'The cursor is not one that this list has given.', {
    errors: [{ path: 'cursor', message: 'use nextCursor of the page before, or leave it out' }],
    cause,
  });

/**
 * The sort key of the last item of the page before.
 * @param shape one `string`, `number` or `date` (text that Date reads) per part of the key
 * @throws AppError `invalid` for anything that this list cannot have given
 */
export function decodeCursor(
  cursor: string | undefined,
  shape: readonly ('string' | 'number' | 'date' | 'uuid')[],
): SortKey | undefined {
  if (cursor === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    throw badCursor(error);
  }
  if (!Array.isArray(parsed) || parsed.length !== shape.length) throw badCursor();
  for (const [index, kind] of shape.entries()) {
    if (!fits(parsed[index], kind)) throw badCursor();
  }
  return parsed as SortKey;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function fits(part: unknown, kind: 'string' | 'number' | 'date' | 'uuid'): boolean {
  if (kind === 'number') return Number.isSafeInteger(part);
  if (typeof part !== 'string') return false;
  if (kind === 'date') return !Number.isNaN(Date.parse(part));
  return kind === 'string' || UUID.test(part);
}

/** @param rows one more than the limit when there is a next page */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => SortKey,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: more ? encodeCursor(keyOf(last)) : null };
}
