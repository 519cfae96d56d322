/** A worker of BullMQ and nothing else, for `npm run bench -- operations`. */
import { Worker } from 'bullmq';
import { readConfig } from '@diecast/platform';
import { connectRedis } from '@diecast/queue';
import { BARE_QUEUE } from './bare.js';
import { now } from './commands.js';
import { serve } from './serve.js';

const config = readConfig(process.env);
const { client, prefix } = connectRedis(config.redisUrl ?? '', {
  debug: () => {},
  info: () => {},
  warn: () => {},
});

await serve(
  (began) =>
    new Worker(BARE_QUEUE, async ({ id = '' }) => began(id), {
      connection: client,
      prefix,
      concurrency: config.workerConcurrency,
      removeOnComplete: { count: 0 },
    }),
  now,
);
