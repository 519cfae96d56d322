import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

const REQUEST_ID = /^[\w.:-]{1,128}$/;
const ids = new WeakMap<IncomingMessage, string>();

/** The id by which a request is found in the log; every answer carries it as X-Request-Id. */
export const requestIdOf = (request: IncomingMessage): string => ids.get(request) ?? 'none';

function identify(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  ids.set(request, id);
  response.setHeader('X-Request-Id', id);
  return id;
}

/** Asked every few seconds by machines; worth a line only when it goes wrong. */
const isQuiet = (url: string): boolean => url.startsWith('/health/') || url.startsWith('/metrics');

/** Middleware: one line per request, at its end. */
export function requestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId: identify,
    customLogLevel: (request, response, error) => {
      if (error || response.statusCode >= 500) return 'error';
      if (isQuiet(request.url ?? '')) return 'trace';
      return response.statusCode >= 400 ? 'warn' : 'info';
    },
    serializers: {
      req: (request: { readonly id: unknown; readonly method: string; readonly url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url,
      }),
      res: (response: { readonly statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}
