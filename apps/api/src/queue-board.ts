import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '@diecast/model';
import { authenticate, authorise, basicPasswordOf, bearerOf, ProblemFilter } from '@diecast/platform';
import type { ApiParts } from './parts.js';

const PATH = '/queues';

/**
 * The board of the queues, for administrators. A browser asks for a name and a password: any name, and the token as password.
 * It can only look: the queues hold wake-ups, and what is to be done is changed through operations.
 */
export function queueBoard(parts: Pick<ApiParts, 'store' | 'queues' | 'log'>): RequestHandler[] {
  const adapter = new ExpressAdapter();
  adapter.setBasePath(PATH);
  createBullBoard({
    queues: parts.queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Diecast queues' } },
  });
  const filter = new ProblemFilter(parts.log);

  const onlyAdmins = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      const { authorization } = request.headers;
      const token = bearerOf(authorization) ?? basicPasswordOf(authorization);
      authorise(await authenticate(parts.store, token), 'admin');
    } catch (error) {
      // By this a browser asks for the password, also when it has a wrong one.
      if (error instanceof AppError && error.code === 'unauthenticated')
        response.setHeader('WWW-Authenticate', 'Basic realm="diecast", charset="UTF-8"');
      filter.answer(error, request, response);
      return;
    }
    next();
  };
  return [(request, response, next) => void onlyAdmins(request, response, next), adapter.getRouter()];
}
