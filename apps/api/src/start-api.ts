import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  createMetrics,
  ensureAdminToken,
  type BlobFolder,
  type Config,
  type Logger,
} from '@diecast/platform';
import {
  closeAll,
  openQueue,
  OPERATIONS_QUEUE,
  tickQueue,
  TICKS,
  type RedisConnection,
} from '@diecast/queue';
import type { Store } from '@diecast/store';
import { createApi } from './create-api.js';
import { startGrpc } from './grpc/start-grpc.js';

export type StartApiParts = {
  readonly store: Store;
  readonly redis: RedisConnection;
  readonly blobs: BlobFolder;
  readonly config: Config;
  readonly log: Logger;
};

/** Listens for REST and gRPC until closed. The first admin token, if one had to be made, is printed once. */
export async function startApi(
  parts: StartApiParts,
): Promise<{ readonly url: string; readonly grpcPort: number; close(): Promise<void> }> {
  const { store, redis, blobs, config, log } = parts;
  const news = await ensureAdminToken(store, config);
  // Not by the log, which is kept and sent about.
  if (news !== null) process.stdout.write(`\n${news}\n`);

  const metrics = createMetrics(store);
  const queues = [OPERATIONS_QUEUE, ...TICKS.map(tickQueue)].map((name) => openQueue(redis, name, log));
  const dependencies = [
    { name: 'the database', ping: () => store.ping() },
    { name: 'Redis', ping: () => redis.ping() },
  ];
  const app = await createApi({ store, config, log, metrics, blobs, queues, dependencies });
  await app.listen(config.httpPort, config.httpHost);
  const url = urlOf(app, config.httpHost);
  log.info({ url, docs: `${url}/docs`, queues: `${url}/queues` }, `REST listens at ${url}`);

  const grpc = await startGrpc({ store, config, log, dependencies });

  const leaving = new AbortController();
  const counting = metrics.followOperations(leaving.signal).catch((error: unknown) => {
    log.warn({ err: error }, 'Ends of operations are no longer counted.');
  });
  return {
    url,
    grpcPort: grpc.port,
    close: () =>
      closeAll([
        grpc,
        app,
        {
          async close() {
            leaving.abort();
            await counting;
          },
        },
        ...queues,
      ]),
  };
}

/** With the port that the system gave, if it was asked for any. */
function urlOf(app: NestExpressApplication, host: string): string {
  const address: unknown = app.getHttpServer().address();
  const port =
    address !== null && typeof address === 'object' && 'port' in address ? String(address.port) : '';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
