import { openStore, type Store } from '@diecast/store';
import { startPrivatePostgres, type PrivatePostgres } from './postgres.js';

/** A store on either database, for tests that must hold on both. */
export type StoreUnderTest = {
  open(): Promise<Store>;
  close(): Promise<void>;
};

export const DATABASES = ['PGlite', 'PostgreSQL'] as const;
export type DatabaseName = (typeof DATABASES)[number];

export async function prepareStore(database: DatabaseName): Promise<StoreUnderTest> {
  if (database === 'PGlite') return { open: () => openStore(), close: async () => {} };
  const server: PrivatePostgres = await startPrivatePostgres();
  return {
    open: async () => openStore({ databaseUrl: await server.createDatabase() }),
    close: () => server.stop(),
  };
}
