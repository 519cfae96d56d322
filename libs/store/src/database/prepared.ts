import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { STALE_PLAN } from './errors.js';

/** Far more than the store has; some have as many texts as there are lengths of a list. */
const MOST = 500;

/** The pool, with statements that the server plans once per connection and not every time. */
export function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST) return known;
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => prepare(await pool.connect(), nameOf),
  };
}

function prepare(client: pg.PoolClient, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  let stale = false;
  const query = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const name = values.length === 0 ? undefined : nameOf(text);
    try {
      return await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    } catch (error) {
      stale ||= error instanceof Error && 'code' in error && error.code === STALE_PLAN;
      throw error;
    }
  };
  return {
    // Cursors, which Kysely could give as well, are not used here.
    query: query as PostgresPoolClient['query'],
    // With the connection its plans are gone.
    release: () => client.release(stale),
  };
}
