import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { AppError } from '@diecast/model';
import { json, type Session } from '../database/session.js';
import type { IdempotencyQueries } from '../store.js';

type Answer = NonNullable<Awaited<ReturnType<IdempotencyQueries['begin']>>>;

/** How long a second request waits for the answer to the first, and how often it looks. */
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;
/** A key whose holder said nothing for this long was held by a process that died. */
const ABANDONED_AFTER_SECONDS = 60;

export function idempotencyQueries(session: Session): IdempotencyQueries {
  const hold = (key: string, principal: string, requestHash: string): Promise<boolean> =>
    session.change(async (change) => {
      const row = await change.db
        .insertInto('idempotency_keys')
        .values({ key, principal, request_hash: requestHash, answer: null })
        .onConflict((conflict) =>
          conflict
            .columns(['principal', 'key'])
            .doUpdateSet({ created_at: sql<Date>`now()`, request_hash: requestHash })
            .where('idempotency_keys.answer', 'is', null)
            .where(
              'idempotency_keys.created_at',
              '<',
              sql<Date>`now() - make_interval(secs => ${sql.lit(ABANDONED_AFTER_SECONDS)})`,
            ),
        )
        .returning('key')
        .executeTakeFirst();
      return row !== undefined;
    });

  return {
    async begin(key, principal, requestHash) {
      const giveUpAt = performance.now() + (session.inTransaction ? 0 : WAIT_MS);
      for (;;) {
        if (await hold(key, principal, requestHash)) return undefined;
        const row = await session.db
          .selectFrom('idempotency_keys')
          .select(['request_hash', 'answer'])
          .where('principal', '=', principal)
          .where('key', '=', key)
          .executeTakeFirst();
        if (row && row.request_hash !== requestHash) {
          throw new AppError(
            'idempotency_mismatch',
            `The Idempotency-Key ${key} was used for a different request.`,
          );
        }
        if (row && row.answer !== null) return row.answer as Answer;
        if (performance.now() >= giveUpAt) {
          throw new AppError(
            'busy',
            `The first request with the Idempotency-Key ${key} is still being worked on.`,
          );
        }
        await sleep(LOOK_EVERY_MS);
      }
    },

    complete: (key, principal, answer) =>
      session.change(async (change) => {
        await change.db
          .updateTable('idempotency_keys')
          .set({ answer: json(answer) })
          .where('principal', '=', principal)
          .where('key', '=', key)
          .execute();
      }),

    abandon: (key, principal) =>
      session.change(async (change) => {
        await change.db
          .deleteFrom('idempotency_keys')
          .where('principal', '=', principal)
          .where('key', '=', key)
          .where('answer', 'is', null)
          .execute();
      }),
  };
}
