import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openStore, type Store } from '@diecast/store';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';

describe('a connection to the database', () => {
  let server: PrivatePostgres;
  let store: Store;
  let operator: pg.Client;

  beforeAll(async () => {
    server = await startPrivatePostgres();
    const databaseUrl = await server.createDatabase();
    store = await openStore({ databaseUrl });
    operator = new pg.Client({ connectionString: databaseUrl });
    await operator.connect();
  }, 60_000);
  afterAll(async () => {
    await operator?.end();
    await store?.close();
    await server?.stop();
  });

  /** What a restart of the server does to its clients. They know of it when this returns. */
  async function endTheOthers(): Promise<void> {
    const others = `from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    await operator.query(`select pg_terminate_backend(pid) ${others}`);
    while ((await operator.query(`select 1 ${others} and application_name = 'diecast'`)).rowCount !== 0) {
      await sleep(10);
    }
    await sleep(50);
  }

  it('that breaks between two statements fails their transaction and nothing else', async () => {
    const broken = store.transaction(async (change) => {
      await change.ping();
      await endTheOthers();
      await change.ping();
    });
    await expect(broken).rejects.toMatchObject({ code: 'unavailable' });
    await store.ping();
  });

  it('that breaks while nobody has it is replaced', async () => {
    await store.ping();
    await endTheOthers();
    await store.ping();
  });
});
