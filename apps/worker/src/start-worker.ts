import {
  analysisController,
  healthController,
  historyController,
  hostWatch,
  serviceController,
  trafficController,
  watchHostEvents,
} from '@diecast/controllers';
import type { FlowServices } from '@diecast/flows';
import type { Config, Logger } from '@diecast/platform';
import { closeAll, startTicks, type RedisConnection, type Tick, type TickName } from '@diecast/queue';
import { haproxy } from '@diecast/traffic';
import { startOperations } from './start-operations.js';

export type WorkerParts = {
  readonly services: FlowServices;
  readonly redis: RedisConnection;
  readonly config: Config;
  readonly log: Logger;
};

/** Runs operations and controllers until closed. Any number of these may run beside each other. */
export async function startWorker(parts: WorkerParts): Promise<{ close(): Promise<void> }> {
  const { services, redis, config, log } = parts;
  const { store } = services;
  const { workerConcurrency: concurrency, clusterOperations: cluster, hostOperations: perHost } = config;
  const limits = { perHost, ...(cluster === null ? {} : { cluster }) };
  const operations = startOperations({ services, redis, log, concurrency, limits });

  const balancer = config.haproxySocket === null ? null : haproxy(config.haproxySocket);
  const ticks = await startTicks({
    connection: redis,
    log,
    events: store.events,
    ticks: [
      serviceController({ ...services, log }),
      healthController({ ...services, log }),
      hostWatch({ ...services, log }),
      trafficController({ store, balancer, log }),
      analysisController({ store, log }),
      historyController({ store, keepDays: config.historyDays, log }),
    ] satisfies readonly Tick<TickName>[],
  });

  const leaving = new AbortController();
  const watching = watchHostEvents({ ...services, log }, leaving.signal);
  return {
    close: () =>
      closeAll([
        {
          async close() {
            leaving.abort();
            await Promise.all([operations.close(), ticks.close(), watching]);
          },
        },
        services.hypervisors,
      ]),
  };
}
