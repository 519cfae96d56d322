import { sql } from 'kysely';
import { AppError } from '@diecast/model';
import type { Session } from '../database/session.js';
import type { TokenQueries } from '../store.js';

export function tokenQueries(session: Session): TokenQueries {
  return {
    insert: (token) =>
      session.change(async (change) => {
        const row = await change.db
          .insertInto('tokens')
          .values(token)
          .onConflict((conflict) => conflict.doNothing())
          .returning('name')
          .executeTakeFirst();
        if (!row) throw new AppError('already_exists', `A token named ${token.name} exists already.`);
      }),
    async findByHash(hash) {
      return session.db
        .selectFrom('tokens')
        .select(['name', 'role'])
        .where('hash', '=', hash)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
    },
    async count() {
      const row = await session.db
        .selectFrom('tokens')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('revoked_at', 'is', null)
        .executeTakeFirstOrThrow();
      return row.count;
    },
    revoke: (name) =>
      session.change(async (change) => {
        const result = await change.db
          .updateTable('tokens')
          .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
          .where('name', '=', name)
          .executeTakeFirst();
        if (result.numUpdatedRows === 0n) throw new AppError('not_found', `There is no token ${name}.`);
      }),
  };
}
