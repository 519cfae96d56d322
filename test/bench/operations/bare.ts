import { setTimeout as sleep } from 'node:timers/promises';
import { QueueEvents, type Queue } from 'bullmq';
import { openQueue, type RedisConnection } from '@diecast/queue';
import { now } from './commands.js';
import { inFlight, type Load, type Way } from './way.js';

/** Jobs that nobody but BullMQ knows of. */
export const BARE_QUEUE = 'bare';

const silent = { debug: () => {}, info: () => {}, warn: () => {} };

export async function bareWay(redis: RedisConnection): Promise<Way & { close(): Promise<void> }> {
  const queue: Queue<object> = openQueue(redis, BARE_QUEUE, silent);
  const events = new QueueEvents(BARE_QUEUE, { connection: redis.client, prefix: redis.prefix });
  await events.waitUntilReady();
  const add = (index: number) => queue.add('run', { index });
  return {
    async one() {
      const done = new Promise<number>((resolve) => events.once('completed', () => resolve(now())));
      const asked = now();
      const { id = '' } = await add(0);
      return { id, asked, done: await done };
    },
    async many({ count, clients }: Load) {
      const asked = now();
      await inFlight(count, clients, add);
      // What is worked off is removed.
      while ((await queue.getJobCountByTypes('waiting', 'active', 'prioritized')) > 0) await sleep(2);
      return count / ((now() - asked) / 1000);
    },
    async close() {
      await events.close();
      await queue.close();
    },
  };
}
