export { closeAll } from './close-all.js';
export { connectRedis, type RedisConnection } from './connect-redis.js';
export {
  startDispatcher,
  type ChangeSignal,
  type Dispatcher,
  type DispatcherOptions,
  type RunnableOperations,
} from './dispatcher.js';
export {
  OPERATIONS_QUEUE,
  openQueue,
  tickQueue,
  TICKS,
  type OperationJob,
  type TickName,
} from './operation-queue.js';
export { startOperationWorkers, type OperationWorkersOptions, type Workers } from './operation-workers.js';
export { startPrivateRedis, type PrivateRedis } from './private-redis.js';
export type { QueueLog } from './queue-log.js';
export { parseRedisAddress, type NodeAddress, type RedisAddress } from './redis-address.js';
export { startTicks, type Tick, type Ticks } from './ticks.js';
export type { News } from './waker.js';
