import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  healthController,
  hostWatch,
  serviceController,
  trafficController,
  watchHostEvents,
} from '@diecast/controllers';
import { FLOWS, type FlowServices } from '@diecast/flows';
import { createRegistry, runOperation } from '@diecast/operations';
import type { Config, Logger } from '@diecast/platform';
import {
  closeAll,
  startDispatcher,
  startOperationWorkers,
  startTicks,
  openQueue,
  OPERATIONS_QUEUE,
  type OperationJob,
  type RedisConnection,
  type Tick,
  type TickName,
} from '@diecast/queue';
import { haproxy } from '@diecast/traffic';

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
  const deps = {
    journal: store.journal,
    registry: createRegistry<FlowServices>(FLOWS),
    services,
    holder: `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`,
    log: ({ id, kind }: { readonly id: string; readonly kind: string }) =>
      log.child({ operationId: id, kind }),
  };
  const workers = startOperationWorkers({
    connection: redis,
    log,
    concurrency: config.workerConcurrency,
    run: (id, signal) => runOperation(id, deps, signal),
  });

  const balancer = config.haproxySocket === null ? null : haproxy(config.haproxySocket);
  const ticks = await startTicks({
    connection: redis,
    log,
    ticks: [
      serviceController({ ...services, log }),
      healthController({ ...services, log }),
      hostWatch({ ...services, log }),
      trafficController({ store, balancer, log }),
    ] satisfies readonly Tick<TickName>[],
  });

  const leaving = new AbortController();
  const watching = watchHostEvents({ ...services, log }, leaving.signal);
  const queue = openQueue<OperationJob>(redis, OPERATIONS_QUEUE, log);
  const dispatcher = startDispatcher({ queue, operations: store.operations, events: store.events, log });
  return {
    close: () =>
      closeAll([
        dispatcher,
        {
          async close() {
            leaving.abort();
            await Promise.all([workers.close(), ticks.close(), watching]);
          },
        },
        queue,
        services.hypervisors,
      ]),
  };
}
