import { HttpException } from '@nestjs/common';
import { AppError, ERROR_CODES, toAppError, type ErrorCode } from '@diecast/model';

/** RFC 9457. `code` is what clients branch on. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance: string;
  readonly advice: string;
  readonly errors?: AppError['errors'];
  readonly details?: AppError['details'];
  readonly requestId: string;
};

export const PROBLEM_TYPE = 'application/problem+json';

const titleOf = (code: ErrorCode): string => {
  const words = code.replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
};

/** @param instance path of the request, without its query: that may hold what is nobody's business */
export function problemOf(
  error: AppError,
  where: { readonly instance: string; readonly requestId: string },
): Problem {
  const { http, advice } = ERROR_CODES[error.code];
  return {
    type: `urn:diecast:problem:${error.code}`,
    title: titleOf(error.code),
    status: http,
    detail: error.message,
    code: error.code,
    instance: where.instance,
    advice,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
    requestId: where.requestId,
  };
}

/** What the framework throws by itself, in our words. */
export function toPublicError(
  error: unknown,
  request: { readonly method: string; readonly path: string },
): AppError {
  if (!(error instanceof HttpException)) return toAppError(error);
  const status = error.getStatus();
  const options = { cause: error };
  if (status === 404)
    return new AppError('not_found', `There is nothing at ${request.method} ${request.path}.`, options);
  if (status === 413) return new AppError('too_large', error.message, options);
  if (status >= 400 && status < 500)
    return new AppError('malformed', `${error.message.replace(/\.$/, '')}.`, options);
  return toAppError(error);
}
