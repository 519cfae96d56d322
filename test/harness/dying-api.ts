/**
 * The API, which with DIE_AFTER_COMMIT ends as SIGKILL ends when the first change that was asked for is committed and not yet
 * answered. Says its address to whoever forked it.
 */
import { createLogger, openBlobFolder, readConfig, requireCluster } from '@diecast/platform';
import { connectRedis } from '@diecast/queue';
import { openStore, type Store } from '@diecast/store';
import { startApi } from '../../apps/api/src/start-api.js';

const config = readConfig(process.env);
const { databaseUrl, redisUrl } = requireCluster(config);
const log = createLogger(config);
const store = await openStore({ databaseUrl, log });

const dying: Store = {
  ...store,
  async transaction(work) {
    const result = await store.transaction(work);
    process.kill(process.pid, 'SIGKILL');
    return result;
  },
};

const { url } = await startApi({
  store: process.env['DIE_AFTER_COMMIT'] === undefined ? store : dying,
  redis: connectRedis(redisUrl, log),
  blobs: openBlobFolder(config.dataDir),
  config,
  log,
});
process.send?.(url);
