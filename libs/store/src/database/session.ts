import { createHash } from 'node:crypto';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import { AppError, type Event } from '@diecast/model';
import { withCommit } from './driver.js';
import { CHANNEL, encodeTopics } from './notifier.js';
import type { Database } from './schema.js';
import { markTransaction } from './transaction-scope.js';

export type NewEvent = Omit<Event, 'id' | 'at'>;

/** A database that is only read. What changes it has a `Change`, so that no write gets past what every change is checked for. */
export type Reads = Pick<Kysely<Database>, 'selectFrom' | 'getExecutor'>;

/** Where queries run: on the pool, or inside one transaction. */
export interface Session {
  readonly db: Reads;
  readonly inTransaction: boolean;
  /** Reads of one moment: repeatable, read only. Inside a transaction that is the transaction's own. */
  look<T>(work: (moment: Session) => Promise<T>): Promise<T>;
  /** Runs in this transaction when there is one, else in a new one. */
  change<T>(work: (change: Change) => Promise<T>): Promise<T>;
}

/** A session inside a transaction: only here can anything be told. */
export interface Change extends Session {
  readonly db: Kysely<Database>;
  /** Appended to the event log at the very end of the transaction. */
  tell(event: NewEvent): void;
  /** Wakes who waits for this topic, along with the events of the transaction. */
  wake(topic: string): void;
}

/** @param last checks every change when all of it is written; what it throws undoes the change */
export function openSession(
  db: Kysely<Database>,
  last: (db: Kysely<Database>) => Promise<void> = async () => {},
): Session {
  return {
    db,
    inTransaction: false,
    look: (work) =>
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((tx) => markTransaction(() => work(openMoment(tx)))),
    change: (work) =>
      db.transaction().execute((tx) =>
        markTransaction(async () => {
          const news: News = { events: [], topics: [] };
          const result = await work(openChange(tx, news));
          await last(tx);
          await appendEvents(tx, news);
          return result;
        }),
      ),
  };
}

function openMoment(db: Kysely<Database>): Session {
  const moment: Session = {
    db,
    inTransaction: true,
    look: (work) => work(moment),
    change: () => {
      throw new AppError('internal', 'Nothing can be changed while looking.');
    },
  };
  return moment;
}

type News = { readonly events: NewEvent[]; readonly topics: string[] };

function openChange(db: Kysely<Database>, news: News): Change {
  const change: Change = {
    db,
    inTransaction: true,
    look: (work) => work(change),
    change: (work) => work(change),
    tell: (event) => {
      news.events.push(event);
    },
    wake: (topic) => {
      news.topics.push(topic);
    },
  };
  return change;
}

const EVENT_LOG_LOCK = 7_346_002;

/**
 * Ids of a sequence are given out before the commit, so that a reader could see 8, remember 8, and miss 7 whose
 * transaction commits a moment later. Therefore ids are given under a lock that is held until after the commit:
 * they become visible in order. It is taken last, when the transaction has all its row locks, and the commit is sent along,
 * so that it is held only for the commit itself and can be part of no deadlock. (NOTIFY serialises commits in the
 * same way anyhow.)
 */
async function appendEvents(db: Kysely<Database>, news: News): Promise<void> {
  const { events } = news;
  if (events.length === 0) return;
  const topics = encodeTopics(
    new Set([...events.map((event) => `${event.resource.type}:${event.resource.id}`), ...news.topics]),
  );
  const append = sql`
    with turn as materialized (select pg_advisory_xact_lock(${sql.lit(EVENT_LOG_LOCK)})),
    added as (
      insert into events (type, resource_type, resource_id, data)
      select told #>> '{type}', told #>> '{resource,type}', told #>> '{resource,id}', told -> 'data'
      from turn, jsonb_array_elements(${json(events)}) with ordinality as events (told, position)
      order by position
      returning id
    )
    select pg_notify(${sql.lit(CHANNEL)}, max(id)::text || ${topics}::text) from added`;
  await db.executeQuery(withCommit(append.compile(db)));
}

/** A jsonb value. Given as text, because pg would write a JavaScript array as a PostgreSQL array. */
export const json = (value: unknown): RawBuilder<unknown> =>
  sql`${JSON.stringify(value ?? null)}::text::jsonb`;

/** Waits for, then holds until the end of the transaction, a lock that exists only by its name. */
export async function lockName(db: Kysely<Database>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
