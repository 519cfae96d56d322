import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Limits } from '@diecast/operations';
import type { OperationJob } from './operation-queue.js';
import type { QueueLog } from './queue-log.js';

/** What the dispatcher needs of the store: `store.operations` and `store.events` have it. */
export interface RunnableOperations {
  runnable(limit: number, limits?: Limits): Promise<readonly string[]>;
}
export interface ChangeSignal {
  latestId(): Promise<string>;
  wait(timeoutMs: number, signal?: AbortSignal, after?: string): Promise<void>;
}

export type DispatcherOptions = {
  readonly queue: Queue<OperationJob>;
  readonly operations: RunnableOperations;
  readonly events: ChangeSignal;
  readonly log: QueueLog;
  /** As the workers have them. */
  readonly limits?: Limits;
  /** How often to look without being told. Default 1000 ms. */
  readonly everyMs?: number;
};

export type Dispatcher = { close(): Promise<void> };

const BATCH = 500;
/** Many changes close together cost one look, and looking costs no more than half of the time. */
const QUIET_MS = 5;

/**
 * Turns rows into wake-ups: whenever something changed, and every second, every operation that should be running and
 * is not gets a job. The job's id is the operation's, so that a job that waits already is not doubled; a job that was
 * worked off is removed, so that an operation handed back or abandoned by a dead worker gets a new one. That is also
 * all it takes to refill a Redis that was emptied or away. Several dispatchers at once do no harm.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const ending = new AbortController();
  const ended = dispatch(options, ending.signal);
  return {
    async close() {
      ending.abort();
      await ended;
    },
  };
}

async function dispatch(options: DispatcherOptions, ending: AbortSignal): Promise<void> {
  const everyMs = options.everyMs ?? 1_000;
  let working = true;
  while (!ending.aborted) {
    const began = performance.now();
    let seen: string | undefined;
    try {
      seen = await options.events.latestId();
      await whileOpen(enqueueRunnable(options), ending);
      if (!working) options.log.info({}, 'Operations are dispatched again.');
      working = true;
    } catch (error) {
      if (working && !ending.aborted)
        options.log.warn({ err: error }, 'Operations cannot be dispatched now.');
      working = false;
    }
    const took = performance.now() - began;
    await sleep(Math.min(Math.max(QUIET_MS, took), everyMs), undefined, { signal: ending }).catch(
      () => undefined,
    );
    await options.events.wait(everyMs, ending, seen);
  }
}

async function enqueueRunnable(options: DispatcherOptions): Promise<void> {
  const ids = await options.operations.runnable(BATCH, options.limits);
  if (ids.length === 0) return;
  await options.queue.addBulk(
    ids.map((operationId) => ({ name: 'run', data: { operationId }, opts: { jobId: operationId } })),
  );
}

/** While Redis is away a command waits for its return; the end of the program does not wait for that. */
export async function whileOpen(work: Promise<void>, ending: AbortSignal): Promise<void> {
  const left = Promise.withResolvers<void>();
  const leave = (): void => left.resolve();
  ending.addEventListener('abort', leave);
  if (ending.aborted) leave();
  work.catch(() => undefined);
  try {
    await Promise.race([work, left.promise]);
  } finally {
    ending.removeEventListener('abort', leave);
  }
}
