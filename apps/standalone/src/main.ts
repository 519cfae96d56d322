import { join } from 'node:path';
import { openBlobFolder, runProgram } from '@diecast/platform';
import { connectRedis, startPrivateRedis } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { startApi } from '../../api/src/start-api.js';
import { flowServices } from '../../worker/src/flow-services.js';
import { startWorker } from '../../worker/src/start-worker.js';

/** Everything in one process: the embedded database and a private Redis unless told where others are. */
await runProgram('Diecast', async (config, log, opened) => {
  const { dataDir, databaseUrl } = config;
  const store = await openStore({
    log,
    ...(databaseUrl === null ? { dataDir: join(dataDir, 'database') } : { databaseUrl }),
  });
  opened.add(store);
  let { redisUrl } = config;
  if (redisUrl === null) {
    const own = await startPrivateRedis({ dataDir: join(dataDir, 'redis'), log });
    opened.add({ close: () => own.stop() });
    redisUrl = `unix://${own.socketPath}`;
  }
  const redis = connectRedis(redisUrl, log);
  opened.add(redis);
  const blobs = openBlobFolder(dataDir);
  const services = flowServices(store, blobs, config, 'standalone');
  opened.add(await startWorker({ services, redis, config, log }));
  opened.add(await startApi({ store, redis, blobs, config, log }));
});
