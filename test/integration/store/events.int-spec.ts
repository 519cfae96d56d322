import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Event } from '@diecast/model';
import { followEvents } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

const WRITERS = 12;
const CHANGES = 15;

describe.each(DATABASES)('events on %s', (database) => {
  let under: StoreUnderTest;
  let store: Store;

  beforeAll(async () => {
    under = await prepareStore(database);
    store = await under.open();
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await under?.close();
  });

  /** Two events in one transaction, which takes its time to commit. */
  const change = (writer: number, number: number): Promise<void> =>
    store.transaction(async ({ events }) => {
      const say = (half: number) =>
        events.append({
          type: 'test.said',
          resource: { type: 'host', id: `w${writer}` },
          data: `${writer}/${number}/${half}`,
        });
      await say(1);
      await sleep((writer * 7 + number * 3) % 10);
      await say(2);
    });

  /** What a client gets that leaves after some and comes back with the last id, until it has so many. */
  async function follow(after: string, count: number, leavesAfter: number): Promise<readonly Event[]> {
    const seen: Event[] = [];
    while (seen.length < count) {
      const gone = new AbortController();
      const from = seen.at(-1)?.id ?? after;
      const upTo = seen.length + leavesAfter;
      for await (const batch of followEvents(store, { after: from, idleMs: 100, signal: gone.signal })) {
        seen.push(...batch.slice(0, upTo - seen.length));
        if (seen.length >= Math.min(upTo, count)) gone.abort();
      }
    }
    return seen;
  }

  it('come to everybody in one order, whole, while many are written and whoever leaves and resumes (SPEC-EVT-1)', async () => {
    const after = await store.events.latestId();
    const total = WRITERS * CHANGES * 2;
    const [steady, restless] = await Promise.all([
      follow(after, total, total),
      follow(after, total, 11),
      ...Array.from({ length: WRITERS }, async (_, writer) => {
        for (let number = 0; number < CHANGES; number += 1) await change(writer, number);
      }),
    ]);
    const written = Array.from({ length: WRITERS }, (_, writer) =>
      Array.from({ length: CHANGES }, (__, number) => [`${writer}/${number}/1`, `${writer}/${number}/2`]),
    ).flat(2);
    expect(new Set(steady?.map(({ data }) => data))).toEqual(new Set(written));
    expect(steady).toHaveLength(total);
    expect(restless).toEqual(steady);
    const ids = steady?.map(({ id }) => Number(id)) ?? [];
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  }, 60_000);
});
