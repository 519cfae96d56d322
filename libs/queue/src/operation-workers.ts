import { Worker } from 'bullmq';
import type { RedisConnection } from './connect-redis.js';
import { OPERATIONS_QUEUE, type OperationJob } from './operation-queue.js';
import type { QueueLog } from './queue-log.js';

export type OperationWorkersOptions = {
  readonly connection: RedisConnection;
  /** Carries the operation as far as it gets; the signal is aborted when this worker must go. */
  readonly run: (operationId: string, signal: AbortSignal) => Promise<unknown>;
  readonly log: QueueLog;
  /**
   * Operations at once in this process. They mostly wait for hosts, and a parent that waits for its children keeps
   * its place, so that this must be well above the number of such parents. Default 100.
   */
  readonly concurrency?: number;
  /** A job whose process died is noticed after this long; the operation's own lease decides anyhow. Default 15 000 ms. */
  readonly jobLockMs?: number;
};

export type Workers = {
  /** Takes nothing more, tells what runs to stop, and waits for it. */
  close(): Promise<void>;
};

const JOB_LOCK_MS = 15_000;

export function startOperationWorkers(options: OperationWorkersOptions): Workers {
  const shutdown = new AbortController();
  const { connection, log, jobLockMs = JOB_LOCK_MS } = options;
  const worker = new Worker<OperationJob>(
    OPERATIONS_QUEUE,
    async (job) => {
      try {
        await options.run(job.data.operationId, shutdown.signal);
      } catch (error) {
        // The row says that it should be running and is not: the dispatcher wakes it again.
        log.warn({ err: error, operationId: job.data.operationId }, 'A worker dropped an operation.');
      }
    },
    {
      connection: connection.client,
      prefix: connection.prefix,
      concurrency: options.concurrency ?? 100,
      lockDuration: jobLockMs,
      stalledInterval: jobLockMs,
      // However often a worker dies with it: SQL decides when an operation is over.
      maxStalledCount: 1_000_000,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  );
  worker.on('error', (error) => log.debug({ err: error }, 'The operation workers have lost Redis.'));
  return {
    async close() {
      shutdown.abort();
      await worker.close();
    },
  };
}
