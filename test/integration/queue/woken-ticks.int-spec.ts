import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  closeAll,
  connectRedis,
  openQueue,
  startPrivateRedis,
  startTicks,
  tickQueue,
  type PrivateRedis,
  type RedisConnection,
  type Tick,
  type Ticks,
} from '@diecast/queue';
import { openStore, type Store } from '@diecast/store';
import { startWaker } from '../../../libs/queue/src/waker.js';
import { quiet } from '../../harness/toy-operations.js';
import { until } from '../../harness/until.js';

/** Of no tick here the time comes a second time. */
const LONG_MS = 3_600_000;

describe('ticks that are woken, through a real Redis', () => {
  let dataDir: string;
  let server: PrivateRedis;
  let redis: RedisConnection;
  let store: Store;
  let workers: Ticks[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'diecast-redis-'));
    server = await startPrivateRedis({ dataDir, log: quiet });
    redis = connectRedis(`unix://${server.socketPath}`, quiet);
    store = await openStore();
  }, 30_000);
  afterEach(async () => {
    await closeAll(workers);
    workers = [];
    await redis.client.flushall();
  });
  afterAll(async () => {
    await redis?.close();
    await server?.stop();
    await store?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const say = (type: string): Promise<void> =>
    store.events.append({ type, resource: { type: 'host', id: 'h' }, data: {} });

  /** A tick on some workers that counts its runs; what it was told, it sees when it runs. */
  async function startCounting(count: number, run: () => Promise<void> = async () => {}) {
    const seen = { runs: 0, running: 0, most: 0 };
    const tick: Tick = {
      name: 'look',
      everyMs: LONG_MS,
      wokenBy: ({ type }) => type === 'test.matters',
      async run() {
        seen.runs += 1;
        seen.running += 1;
        seen.most = Math.max(seen.most, seen.running);
        await run();
        seen.running -= 1;
      },
    };
    for (let each = 0; each < count; each += 1)
      workers.push(await startTicks({ connection: redis, ticks: [tick], events: store.events, log: quiet }));
    await untilRest(seen, 1);
    return seen;
  }
  type Seen = { readonly runs: number; readonly running: number };
  const untilRest = (seen: Seen, runs: number) =>
    until(() => (seen.runs >= runs && seen.running === 0 ? true : undefined), { withinMs: 20_000 });

  it('run when something has happened that concerns them, and not for anything else', async () => {
    const seen = await startCounting(1);
    const before = seen.runs;
    await say('test.nothing');
    await sleep(200);
    expect(seen.runs).toBe(before);
    await say('test.matters');
    await untilRest(seen, before + 1);
  }, 30_000);

  it('run once more for what happens while they run, and never two at once on several workers', async () => {
    let told = 0;
    let known = 0;
    const seen = await startCounting(3, async () => {
      known = told;
      await sleep(60);
    });
    for (let event = 0; event < 40; event += 1) {
      told += 1;
      await say('test.matters');
      await sleep(event % 4 === 0 ? 30 : 0);
    }
    await until(() => (known === told && seen.running === 0 ? true : undefined));
    expect(seen.most).toBe(1);
    // Many events cost few runs, and when all is seen it is quiet.
    await sleep(500);
    const after = seen.runs;
    expect(after).toBeLessThan(40);
    await sleep(300);
    expect(seen.runs).toBe(after);
  }, 60_000);

  it('come to rest although their own runs tell something that concerns them', async () => {
    let left = 3;
    const seen = await startCounting(1, async () => {
      left -= 1;
      if (left >= 0) await say('test.matters');
    });
    await say('test.matters');
    await until(() => (left < 0 ? true : undefined));
    await sleep(300);
    const after = seen.runs;
    await sleep(300);
    expect(seen.runs).toBe(after);
  }, 30_000);

  it('run for what happened while Redis was away, when it is back', async () => {
    let told = false;
    let known = false;
    const seen = await startCounting(2, async () => {
      known = told;
    });
    process.kill(server.pid, 'SIGKILL');
    told = true;
    await say('test.matters');
    await sleep(300);
    expect(known).toBe(false);
    server = await startPrivateRedis({ dataDir, log: quiet });
    await until(() => (known ? true : undefined), { withinMs: 30_000 });
    expect(seen.most).toBe(1);
  }, 60_000);

  it('leave no more jobs waiting than there are workers, however much happens while one run lasts', async () => {
    const hold = Promise.withResolvers<void>();
    let held = false;
    await startCounting(2, async () => {
      if (held) await hold.promise;
    });
    held = true;
    const queue = openQueue<object>(redis, tickQueue('look'), quiet);
    try {
      for (let event = 0; event < 30; event += 1) {
        await say('test.matters');
        await sleep(20);
      }
      expect(await queue.getWaitingCount()).toBeLessThanOrEqual(2);
      expect(await queue.getActiveCount()).toBe(1);
    } finally {
      hold.resolve();
      await queue.close();
    }
  }, 30_000);

  it('hold up nobody who leaves while Redis is away and somebody is to be woken', async () => {
    const queue = openQueue<object>(redis, tickQueue('look'), quiet);
    const heard = Promise.withResolvers<void>();
    const concerns = (): boolean => {
      heard.resolve();
      return true;
    };
    const waker = startWaker({ queue, events: store.events, concerns, tookMs: () => 0, log: quiet });
    process.kill(server.pid, 'SIGKILL');
    while (redis.client.status === 'ready') await sleep(5);
    await sleep(50);
    await say('test.matters');
    await heard.promise;
    await waker.close();
    expect(redis.client.status).not.toBe('ready');
    server = await startPrivateRedis({ dataDir, log: quiet });
    await until(() => (redis.client.status === 'ready' ? true : undefined));
    await queue.close();
  }, 30_000);
});
