import { openBlobFolder, requireCluster, runProgram } from '@diecast/platform';
import { connectRedis } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { flowServices } from './flow-services.js';
import { startWorker } from './start-worker.js';

await runProgram('worker', async (config, log, opened) => {
  const { databaseUrl, redisUrl } = requireCluster(config);
  const store = await openStore({ databaseUrl, log });
  opened.add(store);
  const redis = connectRedis(redisUrl, log);
  opened.add(redis);
  const services = flowServices(store, openBlobFolder(config.dataDir), config, 'cluster');
  opened.add(await startWorker({ services, redis, config, log }));
});
