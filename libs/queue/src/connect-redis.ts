import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { QueueLog } from './queue-log.js';
import { parseRedisAddress, type RedisAddress } from './redis-address.js';

/** Redis as the queues use it. Every queue and worker makes connections of its own from it. */
export type RedisConnection = {
  readonly client: Redis | Cluster;
  /** Of every key. In a cluster the braces keep all keys of all queues in one slot, as BullMQ's scripts need. */
  readonly prefix: string;
  ping(): Promise<void>;
  close(): Promise<void>;
};

const LONGEST_PAUSE_MS = 2_000;
const comeBackAfter = (times: number): number => Math.min(times * 50, LONGEST_PAUSE_MS);

/** Connects in the background and comes back for ever; `ping` says how it is. */
export function connectRedis(where: string | RedisAddress, log: QueueLog): RedisConnection {
  const address = typeof where === 'string' ? parseRedisAddress(where) : where;
  const client = clientFor(address);
  let away = false;
  client.on('error', (error: unknown) => {
    // Once per absence; ioredis says it at every attempt.
    if (!away) log.warn({ err: error }, 'Redis is away; work goes on when it is back.');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({}, 'Redis is back.');
    away = false;
  });
  return {
    client,
    prefix: address.kind === 'cluster' ? '{diecast}' : 'diecast',
    async ping() {
      await client.ping();
    },
    async close() {
      client.disconnect();
    },
  };
}

function clientFor(address: RedisAddress): Redis | Cluster {
  const access = {
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls: {} } : {}),
    // BullMQ's blocking connections refuse anything else: a command waits until Redis is back.
    maxRetriesPerRequest: null,
  } satisfies RedisOptions;
  switch (address.kind) {
    case 'single':
      return new Redis({ ...access, ...address.at, db: address.database, retryStrategy: comeBackAfter });
    case 'sentinel':
      return new Redis({
        ...access,
        sentinels: address.sentinels.map((node) => ({ ...node })),
        name: address.master,
        db: address.database,
        retryStrategy: comeBackAfter,
        sentinelRetryStrategy: comeBackAfter,
      });
    case 'cluster':
      return new Cluster(
        address.nodes.map((node) => ({ ...node })),
        { redisOptions: access, clusterRetryStrategy: comeBackAfter },
      );
  }
}
