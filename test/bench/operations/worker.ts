/** A worker of Diecast whose host.drain does nothing in three steps, for `npm run bench -- operations`. */
import { FLOWS, type FlowServices } from '@diecast/flows';
import { defineOperation, type Step } from '@diecast/operations';
import { createLogger, openBlobFolder, readConfig } from '@diecast/platform';
import { connectRedis } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { pino } from 'pino';
import { flowServices } from '../../../apps/worker/src/flow-services.js';
import { startOperations } from '../../../apps/worker/src/start-operations.js';
import { now } from './commands.js';
import { serve } from './serve.js';

type Nothing = Step<FlowServices, { readonly name: string }, object>;

const config = readConfig(process.env);
// As chatty as a product, but standard output is for answers.
const log = createLogger(config, pino.destination('/dev/null'));
const store = await openStore({ databaseUrl: config.databaseUrl ?? '', log });
const services = flowServices(store, openBlobFolder(config.dataDir), config, 'cluster');
const redis = connectRedis(config.redisUrl ?? '', log);

const idle = (name: string, run: Nothing['run'] = async () => undefined): Nothing => ({
  name,
  run,
  undo: { none: 'it does nothing' },
});

await serve((began) => {
  const drain = defineOperation<FlowServices, { readonly name: string }, object>({
    kind: 'host.drain',
    steps: [idle('first', async (_, { operationId }) => began(operationId)), idle('second'), idle('third')],
    leaves: async () => [],
  });
  const flows = FLOWS.map((each) => (each.kind === drain.kind ? drain : each));
  return startOperations({ services, redis, log, flows, concurrency: config.workerConcurrency });
}, now);
