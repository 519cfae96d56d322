import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  bodyErrors,
  nestLogger,
  onlyJson,
  requestLog,
  requestMetrics,
  requireRules,
} from '@diecast/platform';
import { ApiModule } from './api.module.js';
import { describeApi, serveDocumentation } from './openapi.js';
import type { ApiParts } from './parts.js';
import { queueBoard } from './queue-board.js';

/** User data for cloud-init is the largest thing that a body holds. */
const BODY_LIMIT = '1mb';

const isBlob = (path: string): boolean => path.startsWith('/v1/blobs/');

/** The whole REST side, not listening yet. Its parts stay open when it is closed. */
export async function createApi(parts: ApiParts): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.on(parts), {
    bodyParser: false,
    logger: nestLogger(parts.log),
    // What cannot start is said by whoever starts it.
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.use(requestLog(parts.log));
  app.use(requestMetrics(parts.metrics));
  app.use('/queues', queueBoard(parts));
  app.use(onlyJson(isBlob));
  app.useBodyParser('json', { limit: BODY_LIMIT, strict: true });
  app.use(bodyErrors);
  serveDocumentation(app, describeApi(app));
  await app.init();
  requireRules(app);
  return app;
}
