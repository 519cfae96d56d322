/**
 * The victim: a worker that carries operations until it comes by one point, where it stops itself as SIGSTOP stops.
 * Places that it comes by go to the file CRASH_TRACE.
 */
import { appendFileSync } from 'node:fs';
import { createLogger, openBlobFolder, readConfig } from '@diecast/platform';
import { connectRedis } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { flowServices } from '../../apps/worker/src/flow-services.js';
import { startOperations } from '../../apps/worker/src/start-operations.js';
import { watchFor, type Point } from './points.js';
import { SILENCE } from './tempo.js';
import { inSteps, watchLibvirt, watchStore } from './watched.js';

const { CRASH_AT = '', CRASH_TRACE = '', DATABASE_URL = '', REDIS_URL = '' } = process.env;
const isThere = watchFor(CRASH_AT === '' ? undefined : (JSON.parse(CRASH_AT) as Point));

function reach(place: string): void {
  appendFileSync(CRASH_TRACE, `${place}\n`);
  if (isThere(place)) process.kill(process.pid, 'SIGSTOP');
}

const config = readConfig(process.env);
const log = createLogger(config);
const store = await openStore({ databaseUrl: DATABASE_URL, log });
const steps = inSteps(reach);
watchLibvirt(steps.reach);
const watched = watchStore(store, steps.reach, steps.entered);
const services = flowServices(watched, openBlobFolder(config.dataDir), config, 'standalone');
const redis = connectRedis(REDIS_URL, log);
startOperations({ services, redis, log, concurrency: 20, silence: SILENCE });
process.send?.('ready');
