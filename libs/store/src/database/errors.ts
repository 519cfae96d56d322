import { AppError, type ErrorCode } from '@diecast/model';

/** https://www.postgresql.org/docs/15/errcodes-appendix.html; DC… are raised by our own triggers. */
const CODE_OF_SQLSTATE: Readonly<Record<string, ErrorCode>> = {
  '23505': 'already_exists',
  '23503': 'in_use',
  '23514': 'conflict',
  '22P02': 'not_found',
  '40001': 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  '53100': 'no_space',
  DC001: 'immutable',
  DC002: 'in_use',
};

const MESSAGE_OF: Partial<Record<ErrorCode, string>> = {
  already_exists: 'Something with this name or key exists already.',
  in_use: 'Something else refers to it, or what it refers to does not exist.',
  conflict: 'The database refused a value that its rules do not allow.',
  not_found: 'This is not a well-formed id, so nothing has it.',
  busy: 'Another request changed the same things at the same moment.',
  no_space: 'The database has no space left.',
};

/** A newer program has altered a table since a statement was prepared; a new connection prepares it anew. */
export const STALE_PLAN = '0A000';

/** Connection exception, insufficient resources, operator intervention: the server is away or going. */
const AWAY_CLASSES: ReadonlySet<string> = new Set(['08', '53', '57']);

type SqlError = Error & { readonly code: string; readonly constraint?: string };

/** Both drivers give what the server said a SQLSTATE of five characters; system errors have longer names. */
const isSqlError = (error: unknown): error is SqlError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^[0-9A-Z]{5}$/.test(error.code) &&
  'severity' in error;

/**
 * What a driver threw, as one of ours. Everything that has no SQLSTATE did not come from the server: the connection
 * broke, was refused or timed out. What has a SQLSTATE that the table lacks is a defect of ours.
 */
export function fromDriver(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!isSqlError(error)) return new AppError('unavailable', 'The database is away.', { cause: error });
  const code = CODE_OF_SQLSTATE[error.code];
  if (code !== undefined) {
    const message = error.code.startsWith('DC') ? error.message : (MESSAGE_OF[code] ?? code);
    return new AppError(code, message, { cause: error });
  }
  if (error.code === STALE_PLAN || AWAY_CLASSES.has(error.code.slice(0, 2))) {
    return new AppError('unavailable', 'The database cannot serve now.', { cause: error });
  }
  return new AppError('internal', 'The database refused a statement.', { cause: error });
}

/** The name of the violated constraint or unique index, if that is what went wrong. */
export function violatedConstraint(error: unknown): string | undefined {
  const source = error instanceof AppError ? error.cause : error;
  return isSqlError(source) && source.code.startsWith('23') ? source.constraint : undefined;
}
