import { Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { AppError } from '@diecast/model';
import type { StoreLog } from '../store-log.js';
import { holdDirectory } from './directory-lock.js';
import { StoreDialect } from './driver.js';
import { fromDriver } from './errors.js';
import { listenOnPostgres } from './listen.js';
import { Mutex } from './mutex.js';
import { CHANNEL, Notifier } from './notifier.js';
import { preparing } from './prepared.js';
import type { Database } from './schema.js';
import { isInTransaction } from './transaction-scope.js';

/** An open database, whichever it is. */
export type Connection = {
  readonly db: Kysely<Database>;
  readonly notifier: Notifier;
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** OID of int8 (pg_type.dat). Our counts and sizes are far below 2^53. */
const INT8 = 20;
const POOL_SIZE = 12;
const CONNECT_TIMEOUT_MS = 10_000;

export function connectToPostgres(connectionString: string, log: StoreLog): Connection {
  const pool = new pg.Pool({
    connectionString,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'diecast',
    keepAlive: true,
    // What is sent before an answer came is not held back.
    pipeline: true,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 && format !== 'binary'
          ? Number
          : (pg.types.getTypeParser(oid, format ?? 'text') as unknown)) as typeof pg.types.getTypeParser,
    },
  });
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'An idle database connection broke.'));
  // The pool listens to the idle ones alone. One that breaks between two statements of a transaction would end the
  // process; the next statement on it says what happened.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Database>({
    dialect: new StoreDialect(new PostgresDialect({ pool: preparing(pool) }), {
      serial: false,
      beforeAcquire: () => {},
    }),
  });
  const notifier = new Notifier();
  const stopListening = listenOnPostgres(connectionString, notifier, log);
  return {
    db,
    notifier,
    exclusively: (name, work) => exclusivelyOnPostgres(connectionString, name, work),
    async close() {
      await stopListening();
      await db.destroy();
    },
  };
}

/**
 * A connection of its own per call, because the lock lives as long as the connection: it is freed even when this
 * process is killed, and waiting for it never uses up the pool.
 */
async function exclusivelyOnPostgres<T>(
  connectionString: string,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: 'diecast lock', keepAlive: true });
  // Without a listener a broken connection would end the process; the work itself sees its own errors.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`exclusively:${name}`]);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw fromDriver(error);
  }
  try {
    return await work();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @param dataDir a directory of this process alone; undefined: in memory */
export async function connectToPglite(dataDir: string | undefined): Promise<Connection> {
  const letGo = dataDir === undefined ? () => {} : holdDirectory(dataDir);
  // Loaded only when it is used: it is 20 MB of WebAssembly.
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create({
    ...(dataDir === undefined ? {} : { dataDir }),
    parsers: { [INT8]: Number },
  });
  const db = new Kysely<Database>({
    dialect: new StoreDialect(new PGliteDialect({ pglite }), {
      serial: true,
      beforeAcquire: refuseWaitingForOneself,
    }),
  });
  const notifier = new Notifier();
  await pglite.listen(CHANNEL, (payload) => notifier.notify(payload));
  const named = new Map<string, Mutex>();
  return {
    db,
    notifier,
    async exclusively(name, work) {
      const mutex = named.get(name) ?? new Mutex();
      named.set(name, mutex);
      return mutex.run(work);
    },
    async close() {
      // The first query of Kysely opens its driver; before that destroy() would close nothing.
      await db.destroy();
      if (!pglite.closed) await pglite.close();
      letGo();
    },
  };
}

function refuseWaitingForOneself(): void {
  if (!isInTransaction()) return;
  throw new AppError('internal', 'Inside a transaction only the store that it was given may be used.');
}
