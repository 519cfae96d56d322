import type { NextFunction, Request, Response } from 'express';
import { AppError } from '@diecast/model';

/** What body-parser (through http-errors) says of a body that it cannot read. */
type ParserError = {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly limit?: unknown;
};

/** Express middleware that stands right behind the JSON parser and says its errors in our words. */
export function bodyErrors(error: unknown, _request: Request, _response: Response, next: NextFunction): void {
  next(toBodyError(error));
}

export function toBodyError(error: unknown): unknown {
  if (error === null || typeof error !== 'object') return error;
  const { type, status, message, limit } = error as ParserError;
  switch (type) {
    case 'entity.parse.failed':
      return new AppError('malformed', `The body is not well-formed JSON: ${String(message)}.`, {
        cause: error,
      });
    case 'entity.too.large':
      return new AppError('too_large', `The body is larger than the ${String(limit)} bytes that are taken.`, {
        cause: error,
      });
    case 'request.aborted':
      return new AppError('truncated', 'The body ended before it was complete.', { cause: error });
    default:
      // Also what the decompressor says, which has no type.
      return typeof status === 'number' && status >= 400 && status < 500
        ? new AppError('malformed', `The body cannot be read: ${String(message)}.`, { cause: error })
        : error;
  }
}

const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/** A form or a text would otherwise look like an empty request, and its sender would be told of missing fields. */
export function onlyJson(isRaw: (path: string) => boolean) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (isRaw(request.path) || !hasBody(request) || request.is('json') !== false) return next();
    const type = request.headers['content-type'] ?? 'no type at all';
    next(
      new AppError('malformed', `The body was sent as ${type}; send it with Content-Type: application/json.`),
    );
  };
}
