import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { StoreLog } from '../store-log.js';
import { CHANNEL, type Notifier } from './notifier.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Listens on a connection of its own and comes back whenever it breaks. Returns what ends it. */
export function listenOnPostgres(
  connectionString: string,
  notifier: Notifier,
  log: StoreLog,
): () => Promise<void> {
  const ending = new AbortController();
  const ended = keepListening(connectionString, notifier, log, ending.signal);
  return async () => {
    ending.abort();
    await ended;
  };
}

async function keepListening(
  connectionString: string,
  notifier: Notifier,
  log: StoreLog,
  ending: AbortSignal,
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!ending.aborted) {
    try {
      await listenOnce(connectionString, notifier, ending, () => {
        pause = FIRST_PAUSE_MS;
      });
    } catch (error) {
      log.warn(
        { err: error, pauseMs: pause },
        'The connection for notifications broke; polling until it is back.',
      );
    }
    notifier.wakeAll();
    await sleep(pause, undefined, { signal: ending }).catch(() => undefined);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** Resolves when asked to end, rejects when the connection breaks. */
async function listenOnce(
  connectionString: string,
  notifier: Notifier,
  ending: AbortSignal,
  onListening: () => void,
): Promise<void> {
  const client = new pg.Client({ connectionString, application_name: 'diecast listen', keepAlive: true });
  const over = Promise.withResolvers<void>();
  client.on('error', over.reject);
  client.on('end', over.resolve);
  client.on('notification', (message) => {
    if (message.payload !== undefined) notifier.notify(message.payload);
  });
  const end = (): void => over.resolve();
  ending.addEventListener('abort', end);
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    onListening();
    notifier.wakeAll();
    if (!ending.aborted) await over.promise;
  } finally {
    ending.removeEventListener('abort', end);
    // A connection that broke by itself has nothing left to say goodbye to.
    await client.end().catch(() => undefined);
  }
}
