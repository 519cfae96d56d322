import { openBlobFolder, requireCluster, runProgram } from '@diecast/platform';
import { connectRedis } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { startApi } from './start-api.js';

await runProgram('api', async (config, log, opened) => {
  const { databaseUrl, redisUrl } = requireCluster(config);
  const store = await openStore({ databaseUrl, log });
  opened.add(store);
  const redis = connectRedis(redisUrl, log);
  opened.add(redis);
  opened.add(await startApi({ store, redis, blobs: openBlobFolder(config.dataDir), config, log }));
});
