import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { ERROR_CODES } from '@diecast/model';
import { requestIdOf } from '../logging/request-log.js';
import { PROBLEM_TYPE, problemOf, toPublicError } from './problem.js';

/** The only way in which an error leaves the REST API. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(thrown, http.getRequest<Request>(), http.getResponse<Response>());
  }

  answer(thrown: unknown, request: Request, response: Response): void {
    const requestId = requestIdOf(request);
    const error = toPublicError(thrown, request);
    if (ERROR_CODES[error.code].http >= 500)
      this.log.error({ err: error, requestId, code: error.code }, error.message);
    if (response.headersSent) {
      // In the middle of a stream there is no other way to say that it went wrong.
      response.destroy();
      return;
    }
    const problem = problemOf(error, { instance: `${request.baseUrl}${request.path}`, requestId });
    if (error.code === 'unauthenticated' && !response.hasHeader('WWW-Authenticate'))
      response.setHeader('WWW-Authenticate', 'Bearer realm="diecast"');
    if (error.retry === 'later') response.setHeader('Retry-After', '2');
    response.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
  }
}
