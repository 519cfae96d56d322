import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  closeAll,
  connectRedis,
  openQueue,
  OPERATIONS_QUEUE,
  startDispatcher,
  startOperationWorkers,
  startPrivateRedis,
  startTicks,
  type OperationJob,
  type PrivateRedis,
  type RedisConnection,
} from '@diecast/queue';
import { openStore, type Store } from '@diecast/store';
import { insertToy, quiet, step, toyWorker, work } from '../../harness/toy-operations.js';

describe('wake-ups through a real Redis', () => {
  let dataDir: string;
  let server: PrivateRedis;
  let redis: RedisConnection;
  let store: Store;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'diecast-redis-'));
    server = await startPrivateRedis({ dataDir, log: quiet });
    redis = connectRedis(`unix://${server.socketPath}`, quiet);
    store = await openStore();
  }, 30_000);
  afterAll(async () => {
    await redis?.close();
    await server?.stop();
    await store?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** A dispatcher and workers that run a toy of one slow step. */
  function startEverything() {
    const deps = toyWorker(store, [step('slow', () => sleep(150))]);
    const workers = startOperationWorkers({
      connection: redis,
      log: quiet,
      concurrency: 2,
      run: (id, signal) => work(id, deps, signal),
    });
    const queue = openQueue<OperationJob>(redis, OPERATIONS_QUEUE, quiet);
    const dispatcher = startDispatcher({
      queue,
      operations: store.operations,
      events: store.events,
      log: quiet,
      everyMs: 200,
    });
    return { queue, close: () => closeAll([dispatcher, workers, queue]) };
  }

  async function untilOver(ids: readonly string[]): Promise<readonly string[]> {
    for (;;) {
      const seen = await store.events.latestId();
      const all = await Promise.all(ids.map((id) => store.operations.require(id)));
      if (all.every(({ status }) => status !== 'pending' && status !== 'running'))
        return all.map(({ status }) => status);
      await store.events.wait(1_000, undefined, seen);
    }
  }

  const insertMany = (count: number) =>
    Promise.all(Array.from({ length: count }, async () => (await insertToy(store)).id));

  it('loses nothing when Redis is emptied, or killed and started again, in the middle (SPEC-OP-3)', async () => {
    const everything = startEverything();
    try {
      const first = await insertMany(8);
      await sleep(200);
      await redis.client.flushall();
      expect(new Set(await untilOver(first))).toEqual(new Set(['succeeded']));

      const second = await insertMany(8);
      await sleep(100);
      process.kill(server.pid, 'SIGKILL');
      await sleep(300);
      server = await startPrivateRedis({ dataDir, log: quiet });
      expect(new Set(await untilOver(second))).toEqual(new Set(['succeeded']));
    } finally {
      await everything.close();
    }
  }, 60_000);

  it('carries nothing but the id of an operation in a job', async () => {
    const [id] = await insertMany(1);
    const queue = openQueue<OperationJob>(redis, OPERATIONS_QUEUE, quiet);
    const dispatcher = startDispatcher({
      queue,
      operations: store.operations,
      events: store.events,
      log: quiet,
      everyMs: 50,
    });
    try {
      while ((await queue.getJobCountByTypes('waiting')) === 0) await sleep(20);
      await sleep(150);
      const jobs = await queue.getJobs();
      expect(jobs.map((job) => ({ id: job.id, data: job.data }))).toEqual([
        { id, data: { operationId: id } },
      ]);
    } finally {
      await closeAll([dispatcher, queue]);
    }
  }, 30_000);

  it('never runs two of one tick at once, however many workers there are', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const enough = Promise.withResolvers<void>();
    const tick = {
      name: 'look',
      everyMs: 50,
      async run() {
        runs += 1;
        running += 1;
        most = Math.max(most, running);
        await sleep(120);
        running -= 1;
        if (runs >= 5) enough.resolve();
      },
    };
    const workers = await Promise.all(
      [1, 2, 3].map(() => startTicks({ connection: redis, ticks: [tick], log: quiet })),
    );
    await enough.promise;
    await closeAll(workers);
    expect(most).toBe(1);
  }, 30_000);
});
