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
  type OperationJob,
  type PrivateRedis,
  type RedisConnection,
} from '@diecast/queue';
import { openStore, type Store } from '@diecast/store';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';
import { insertToy, quiet, step, toyWorker, work } from '../../harness/toy-operations.js';
import { until } from '../../harness/until.js';

const A_MINUTE_MS = 60_000;

describe('operations through a real Redis and PostgreSQL', () => {
  let dataDir: string;
  let postgres: PrivatePostgres;
  let server: PrivateRedis;
  let redis: RedisConnection;
  let store: Store;
  let carrying: { close(): Promise<void> };
  /** How often the effect of each operation came about, by its id. */
  const effects = new Map<string, number>();

  /** A dispatcher and workers as a worker program has them; the toys have two steps that take their time. */
  function carry(): { close(): Promise<void> } {
    const steps = [
      step('begin', () => sleep(50)),
      step('effect', async (_, { operationId, checkLease, resumed }) => {
        await checkLease();
        if (!resumed || !effects.has(operationId))
          effects.set(operationId, (effects.get(operationId) ?? 0) + 1);
        await sleep(50);
      }),
    ];
    const deps = toyWorker(store, steps, { leaseMs: 3_000 });
    const run = (id: string, signal: AbortSignal) => work(id, deps, signal);
    const workers = startOperationWorkers({ connection: redis, log: quiet, concurrency: 8, run });
    const queue = openQueue<OperationJob>(redis, OPERATIONS_QUEUE, quiet);
    const { operations, events } = store;
    const dispatcher = startDispatcher({ queue, operations, events, log: quiet });
    return { close: () => closeAll([dispatcher, workers, queue]) };
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'diecast-outage-'));
    postgres = await startPrivatePostgres();
    server = await startPrivateRedis({ dataDir, log: quiet });
    redis = connectRedis(`unix://${server.socketPath}`, quiet);
    store = await openStore({ databaseUrl: await postgres.createDatabase() });
    carrying = carry();
  }, 60_000);
  afterAll(async () => {
    await carrying?.close();
    await redis?.close();
    await server?.stop();
    await store?.close();
    await postgres?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const insertMany = (count: number): Promise<readonly string[]> =>
    Promise.all(Array.from({ length: count }, async () => (await insertToy(store)).id));

  /** Every one has succeeded, and had its effect once. */
  async function allSucceed(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      await until(
        async () => {
          const found = await store.operations.find(id).catch(() => undefined);
          return found?.status === 'pending' || found?.status === 'running' ? undefined : found;
        },
        { everyMs: 50, withinMs: 60_000 },
      );
    const statuses = await Promise.all(ids.map(async (id) => (await store.operations.require(id)).status));
    expect(new Set(statuses)).toEqual(new Set(['succeeded']));
    expect(ids.map((id) => effects.get(id))).toEqual(ids.map(() => 1));
  }

  it('go on when Redis comes back after a minute, also those that came meanwhile (SPEC-OP-3)', async () => {
    const before = await insertMany(20);
    process.kill(server.pid, 'SIGKILL');
    const meanwhile = await insertMany(20);
    await sleep(A_MINUTE_MS);
    const [last] = meanwhile.slice(-1);
    expect(await store.operations.require(last ?? '')).toMatchObject({ status: 'pending' });
    server = await startPrivateRedis({ dataDir, log: quiet });
    await allSucceed([...before, ...meanwhile]);
  }, 180_000);

  it('go on when Redis was emptied again and again (SPEC-OP-3)', async () => {
    const ids: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      ids.push(...(await insertMany(8)));
      await sleep(30);
      await redis.client.flushall();
    }
    await allSucceed(ids);
  }, 120_000);

  it('go on while workers come and go', async () => {
    const ids = [...(await insertMany(40))];
    for (let round = 0; round < 6; round += 1) {
      const more = carry();
      await sleep(150);
      await carrying.close();
      carrying = more;
      ids.push(...(await insertMany(5)));
    }
    await allSucceed(ids);
  }, 120_000);

  it('go on when PostgreSQL was killed and started again in their middle (SPEC-OP-11)', async () => {
    const ids = await insertMany(24);
    await until(async () => {
      const { items } = await store.operations.list({ status: 'running', limit: 1 });
      return items[0];
    });
    await postgres.kill();
    await sleep(2_000);
    await postgres.start();
    await allSucceed(ids);
  }, 120_000);

  it('go on when PostgreSQL was away for longer than a lease (SPEC-OP-11)', async () => {
    const ids = await insertMany(24);
    await until(async () => {
      const { items } = await store.operations.list({ status: 'running', limit: 1 });
      return items[0];
    });
    await postgres.kill();
    await sleep(5_000);
    await postgres.start();
    await allSucceed(ids);
  }, 120_000);
});
