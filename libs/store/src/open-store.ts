import { sql } from 'kysely';
import { AppError } from '@diecast/model';
import { connectToPglite, connectToPostgres, type Connection } from './database/connect.js';
import { migrate } from './database/migrate.js';
import type { Notifier } from './database/notifier.js';
import { openSession, type Reads, type Session } from './database/session.js';
import { MIGRATIONS } from './migrations/all.js';
import { eventQueries } from './queries/events.js';
import { historyQueries } from './queries/history.js';
import { hostFileQueries } from './queries/host-files.js';
import { hostQueries } from './queries/hosts.js';
import { idempotencyQueries } from './queries/idempotency.js';
import { imageQueries } from './queries/images.js';
import { instanceQueries } from './queries/instances.js';
import { operationJournal } from './queries/journal.js';
import { lockLease } from './queries/leases.js';
import { operationQueries } from './queries/operations.js';
import { rolloutQueries } from './queries/rollouts.js';
import { serviceQueries } from './queries/services.js';
import { snapshotQueries } from './queries/snapshots.js';
import { tokenQueries } from './queries/tokens.js';
import type { StoreLog } from './store-log.js';
import type { Store } from './store.js';

export type StoreOptions = {
  /** `postgres://…` of the real server (PostgreSQL 15 or later); it wins over `dataDir`. */
  readonly databaseUrl?: string;
  /** Directory of the embedded PostgreSQL (PGlite), for one process at a time. Neither given: in memory. */
  readonly dataDir?: string;
  readonly log?: StoreLog;
};

const SILENT: StoreLog = { info: () => {}, warn: () => {} };

/**
 * Connects, brings the schema up to date, and opens. Any number of processes may do so at once on a server.
 * @throws AppError `unavailable` when the server can't be reached, `busy` when another process has the data directory,
 *   `conflict` when the schema is not one that this program made
 */
export async function openStore(options: StoreOptions = {}): Promise<Store> {
  const log = options.log ?? SILENT;
  const connection =
    options.databaseUrl === undefined
      ? await connectToPglite(options.dataDir)
      : connectToPostgres(options.databaseUrl, log);
  try {
    const applied = await migrate(connection.db, MIGRATIONS);
    if (applied.length > 0) log.info({ migrations: applied }, 'The database schema was brought up to date.');
  } catch (error) {
    await connection.close();
    throw error;
  }
  return storeOn(openSession(connection.db), connection);
}

function storeOn(session: Session, connection: Connection): Store {
  return {
    ...queriesOn(session, connection.notifier),
    look: (work) => session.look((moment) => work(storeOn(moment, connection))),
    transaction: (work) => session.change((change) => work(storeOn(change, connection))),
    exclusively: (name, work) => connection.exclusively(name, work),
    under(lease) {
      if (session.inTransaction)
        throw new AppError('internal', 'Within a transaction the store is under no lease but its own.');
      const checked = openSession(connection.db, (db) => lockLease(db, lease, 'share'));
      return storeOn(checked, connection);
    },
    ping: () => ping(session.db),
    close: () => connection.close(),
  };
}

function queriesOn(session: Session, notifier: Notifier) {
  return {
    hosts: hostQueries(session),
    images: imageQueries(session),
    services: serviceQueries(session),
    rollouts: rolloutQueries(session),
    instances: instanceQueries(session),
    hostFiles: hostFileQueries(session),
    snapshots: snapshotQueries(session),
    operations: operationQueries(session),
    events: eventQueries(session, notifier),
    history: historyQueries(session),
    tokens: tokenQueries(session),
    idempotency: idempotencyQueries(session),
    journal: operationJournal(session, notifier),
  };
}

async function ping(db: Reads): Promise<void> {
  await sql`select 1`.execute(db);
}
