import { Queue, Worker } from 'bullmq';
import type { Event } from '@diecast/model';
import type { RedisConnection } from './connect-redis.js';
import { openQueue, tickQueue } from './operation-queue.js';
import type { QueueLog } from './queue-log.js';
import { startWaker, type News } from './waker.js';

/** Work that comes round: a controller's look at the world. */
export type Tick<Name extends string = string> = {
  readonly name: Name;
  readonly everyMs: number;
  /** What makes it look at once, and not only when its time has come. */
  readonly wokenBy?: (event: Event) => boolean;
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export type Ticks = {
  /** One per tick, for a queue board. */
  readonly queues: readonly Queue[];
  close(): Promise<void>;
};

/** How soon after a worker's death another takes the tick over. */
const JOB_LOCK_MS = 10_000;
/** A Redis that was emptied has forgotten the schedulers; they are laid again this often. */
const LAY_AGAIN_EVERY_MS = 5_000;

/**
 * Every tick has a queue of its own with a cluster-wide concurrency of one, so that never two of a name run at once
 * and a slow one holds up no other. BullMQ makes the next job of a scheduler when the one before begins, so that
 * at most one is due however long nobody was there.
 */
export async function startTicks(options: {
  readonly connection: RedisConnection;
  readonly ticks: readonly Tick[];
  /** Where those that are woken hear of what happens; without it they only come round. */
  readonly events?: News;
  readonly log: QueueLog;
}): Promise<Ticks> {
  const shutdown = new AbortController();
  const { connection, events, log } = options;
  const running = options.ticks.map((tick) => {
    const name = tickQueue(tick.name);
    const queue = openQueue<object>(connection, name, log);
    let tookMs = 0;
    const worker = new Worker(
      name,
      async () => {
        const began = performance.now();
        try {
          await tick.run(shutdown.signal);
        } catch (error) {
          if (!shutdown.signal.aborted)
            log.warn({ err: error, tick: tick.name }, 'A tick failed; the next one comes.');
        }
        tookMs = performance.now() - began;
      },
      {
        connection: connection.client,
        prefix: connection.prefix,
        concurrency: 1,
        lockDuration: JOB_LOCK_MS,
        stalledInterval: JOB_LOCK_MS,
        maxStalledCount: 1_000_000,
      },
    );
    worker.on('error', (error) => log.debug({ err: error, tick: tick.name }, 'A tick has lost Redis.'));
    const wakers =
      events === undefined || tick.wokenBy === undefined
        ? []
        : [startWaker({ queue, events, concerns: tick.wokenBy, tookMs: () => tookMs, log })];
    return { tick, queue, worker, wakers };
  });

  const lay = async (): Promise<void> => {
    for (const { tick, queue } of running) {
      const known = await queue.getJobScheduler(tick.name);
      if (known?.every === tick.everyMs) continue;
      await queue.setGlobalConcurrency(1);
      await queue.upsertJobScheduler(tick.name, { every: tick.everyMs }, { name: tick.name });
    }
  };
  const layAgain = (): void => {
    lay().catch((error: unknown) => log.debug({ err: error }, 'The ticks could not be laid again yet.'));
  };
  await lay();
  const timer = setInterval(layAgain, LAY_AGAIN_EVERY_MS);

  return {
    queues: running.map(({ queue }) => queue),
    async close() {
      clearInterval(timer);
      shutdown.abort();
      await Promise.all(
        running.flatMap(({ wakers, worker }) => [...wakers, worker]).map((each) => each.close()),
      );
      await Promise.all(running.map(({ queue }) => queue.close()));
    },
  };
}
