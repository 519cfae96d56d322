import { Queue } from 'bullmq';
import type { RedisConnection } from './connect-redis.js';
import type { QueueLog } from './queue-log.js';

export const OPERATIONS_QUEUE = 'operations';
/** The controllers' looks at the world, by the name of the controller. */
export const TICKS = ['service', 'health', 'hosts', 'traffic', 'analysis', 'history'] as const;
export type TickName = (typeof TICKS)[number];
export const tickQueue = (name: string): string => `ticks-${name}`;

/** All that a job carries: the truth about it is in SQL. */
export type OperationJob = { readonly operationId: string };

/** A queue to add to, and to show on a queue board. Close it after what uses it. */
export function openQueue<Data>(connection: RedisConnection, name: string, log: QueueLog): Queue<Data> {
  const queue = new Queue<Data>(name, {
    connection: connection.client,
    prefix: connection.prefix,
    // Redis holds wake-ups: what is done is in the operation's row, and nothing is kept here.
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  });
  queue.on('error', (error) => log.debug({ err: error, queue: name }, 'The queue has lost Redis.'));
  return queue;
}
