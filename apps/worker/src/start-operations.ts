import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { FLOWS, guardServices, type FlowServices } from '@diecast/flows';
import {
  createRegistry,
  runOperation,
  type AnyOperation,
  type EffectGuard,
  type Limits,
} from '@diecast/operations';
import type { Logger } from '@diecast/platform';
import {
  closeAll,
  openQueue,
  OPERATIONS_QUEUE,
  startDispatcher,
  startOperationWorkers,
  type OperationJob,
  type RedisConnection,
} from '@diecast/queue';

export type OperationParts = {
  readonly services: FlowServices;
  readonly redis: RedisConnection;
  readonly log: Logger;
  readonly concurrency: number;
  /** The product's own, unless a bench or a test has others. */
  readonly flows?: readonly AnyOperation<FlowServices>[];
  readonly limits?: Limits;
  /** How long a worker that fell silent keeps its operations, and its places in the queue. Milliseconds. */
  readonly silence?: { readonly leaseMs: number; readonly jobLockMs: number };
};

/** Carries operations, and sees to it that every one that should be carried is. */
export function startOperations(parts: OperationParts): { close(): Promise<void> } {
  const { services, redis, log, concurrency, flows = FLOWS, limits = {}, silence } = parts;
  const { store } = services;
  const deps = {
    journal: store.journal,
    registry: createRegistry<FlowServices>(flows),
    services: (guard: EffectGuard) => guardServices(services, guard),
    holder: `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`,
    limits,
    log: ({ id, kind }: { readonly id: string; readonly kind: string }) =>
      log.child({ operationId: id, kind }),
    ...(silence === undefined ? {} : { leaseMs: silence.leaseMs }),
  };
  const workers = startOperationWorkers({
    connection: redis,
    log,
    concurrency,
    run: (id, signal) => runOperation(id, deps, signal),
    ...(silence === undefined ? {} : { jobLockMs: silence.jobLockMs }),
  });
  const queue = openQueue<OperationJob>(redis, OPERATIONS_QUEUE, log);
  const { operations, events } = store;
  const dispatcher = startDispatcher({ queue, operations, events, limits, log });
  return { close: () => closeAll([dispatcher, workers, queue]) };
}
