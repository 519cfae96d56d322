import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '@diecast/model';
import { parseIfBusy, parseWait, principalOf, type IfBusy } from '@diecast/platform';

/** Who asks, and how: what a route needs of HTTP beside its parameters. */
export type Call = {
  readonly principal: Principal;
  readonly method: string;
  readonly path: string;
  /** As it was sent. */
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
  readonly lastEventId: string | undefined;
  readonly waitSeconds: number;
  readonly ifBusy: IfBusy;
  readonly response: Response;
  /** Aborts when the client has gone. */
  readonly gone: AbortSignal;
};

/** @throws AppError `invalid` for a `wait` or `ifBusy` that is none */
export const ThisCall = createParamDecorator((_: undefined, context: ExecutionContext): Call => {
  const http = context.switchToHttp();
  const request = http.getRequest<Request>();
  const response = http.getResponse<Response>();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return {
    principal: principalOf(request),
    method: request.method,
    path: request.path,
    body: request.body,
    idempotencyKey: headerOf(request, 'idempotency-key'),
    lastEventId: headerOf(request, 'last-event-id'),
    waitSeconds: parseWait(request.query['wait']),
    ifBusy: parseIfBusy(request.query['ifBusy'], 'ifBusy'),
    response,
    gone: gone.signal,
  };
});

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
