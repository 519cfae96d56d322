import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Event } from '@diecast/model';
import { whileOpen, type ChangeSignal } from './dispatcher.js';
import type { QueueLog } from './queue-log.js';

/** What a waker needs of the store: `store.events` has it. */
export interface News extends ChangeSignal {
  after(id: string | null, filter: { readonly limit: number }): Promise<readonly Event[]>;
}

export type WakerOptions = {
  readonly queue: Queue<object>;
  readonly events: News;
  readonly concerns: (event: Event) => boolean;
  /** How long the last run has taken. */
  readonly tookMs: () => number;
  readonly log: QueueLog;
};

const BATCH = 500;
const IDLE_MS = 30_000;
const AGAIN_AFTER_ERROR_MS = 1_000;
/** Somebody who waits has to be told at once; many changes in a row cost one look each so often. */
const AT_MOST_EVERY_MS = 50;

/**
 * Gives a tick an extra job as soon as something has happened that concerns it. A job that waits already will see that too, so
 * that no more than a few ever wait, however many workers wake; a lost job costs no more than the tick's own period.
 */
export function startWaker(options: WakerOptions): { close(): Promise<void> } {
  const ending = new AbortController();
  const ended = keepWaking(options, ending.signal);
  return {
    async close() {
      ending.abort();
      await ended;
    },
  };
}

async function keepWaking(options: WakerOptions, ending: AbortSignal): Promise<void> {
  const { queue, events, tookMs, log } = options;
  let seen: string | undefined;
  while (!ending.aborted) {
    try {
      seen = await untilConcerned(options, seen ?? (await events.latestId()), ending);
      if (ending.aborted) return;
      await whileOpen(wake(queue, seen), ending);
      // Looking costs no more than half of the time.
      await pause(Math.max(AT_MOST_EVERY_MS, tookMs()), ending);
    } catch (error) {
      log.debug({ err: error, queue: queue.name }, 'A tick cannot be woken now; it comes round by itself.');
      seen = undefined;
      await pause(AGAIN_AFTER_ERROR_MS, ending);
    }
  }
}

/** @returns the id of the newest event that is known, once one after the given has come that concerns the tick */
async function untilConcerned(
  { events, concerns }: WakerOptions,
  after: string,
  ending: AbortSignal,
): Promise<string> {
  let seen = after;
  while (!ending.aborted) {
    const batch = await events.after(seen, { limit: BATCH });
    seen = batch.at(-1)?.id ?? seen;
    // What has happened until now, the job that comes will see.
    if (batch.some(concerns)) return await events.latestId();
    if (batch.length < BATCH) await events.wait(IDLE_MS, ending, seen);
  }
  return seen;
}

async function wake(queue: Queue<object>, eventId: string): Promise<void> {
  if ((await queue.getWaitingCount()) > 0) return;
  // A Redis that was emptied has forgotten it, and two of one tick would run at once.
  await queue.setGlobalConcurrency(1);
  await queue.add('woken', {}, { jobId: `woken-${eventId}` });
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
