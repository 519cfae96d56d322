import type { NextFunction, Request, Response } from 'express';
import type { Metrics } from './metrics.js';

/** Middleware: every request counts once, when its answer has left or its client has. */
export function requestMetrics(metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    response.once('close', () => {
      const route: unknown = (request as { readonly route?: { readonly path?: unknown } }).route?.path;
      metrics.countRequest({
        method: request.method,
        route: typeof route === 'string' ? route : 'none',
        status: response.statusCode,
        seconds: (performance.now() - began) / 1000,
      });
    });
    next();
  };
}
