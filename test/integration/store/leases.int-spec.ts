import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '@diecast/model';
import {
  afterRelease,
  afterRenewal,
  afterTaking,
  isHeldBy,
  mayTake,
  type Holding,
  type Lease,
  type LeaseRow,
} from '@diecast/operations';
import type { Store } from '@diecast/store';
import { insertHost } from '../../harness/api-world.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';
import { insertToy } from '../../harness/toy-operations.js';

/** A lease of an hour does not run out here; one of no time has, when the next command comes. */
const HOUR_MS = 3_600_000;

type Command =
  | { readonly do: 'take'; readonly holder: string; readonly ttlMs: number }
  | {
      readonly do: 'renew' | 'write' | 'release';
      /** Which of the leases that were given so far. */
      readonly of: number;
      readonly ttlMs: number;
    };

const commands = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('take' as const),
      holder: fc.constantFrom('a', 'b', 'c'),
      ttlMs: fc.constantFrom(0, HOUR_MS),
    }),
    fc.record({
      do: fc.constantFrom('renew' as const, 'write' as const, 'release' as const),
      of: fc.nat(3),
      ttlMs: fc.constantFrom(0, HOUR_MS),
    }),
  ),
  { minLength: 3, maxLength: 14 },
);

/** What the rules say comes of a command at this time. */
function foretell(
  row: LeaseRow,
  command: Command,
  given: readonly Holding[],
  now: number,
): { readonly row: LeaseRow; readonly answer: string } {
  if (command.do === 'take') {
    if (!mayTake(row, now)) return { row, answer: 'refused' };
    const taken = afterTaking(row, command.holder, now, command.ttlMs);
    return { row: taken, answer: `epoch ${taken.epoch}` };
  }
  const held = given[command.of];
  if (held === undefined || !isHeldBy(row, held)) return { row, answer: 'refused' };
  if (command.do === 'renew') return { row: afterRenewal(row, now, command.ttlMs), answer: 'done' };
  return { row: command.do === 'release' ? afterRelease(row) : row, answer: 'done' };
}

describe.each(DATABASES)('leases on %s', (database) => {
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

  async function obey(id: string, command: Command, given: Lease[]): Promise<string> {
    if (command.do === 'take') {
      const { holder, ttlMs } = command;
      const acquired = await store.journal.acquire(id, { holder, ttlMs });
      if (acquired.got !== 'lease') return 'refused';
      given.push(acquired.lease);
      return `epoch ${acquired.lease.epoch}`;
    }
    const lease = given[command.of] ?? { operationId: id, holder: 'nobody', epoch: 0 };
    const { journal } = store;
    const work = {
      renew: () => journal.renew(lease, command.ttlMs),
      write: () => journal.recordProgress(lease, { percent: 1, message: 'x' }),
      release: () => journal.release(lease),
    }[command.do];
    return work().then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'lease_lost') return 'refused';
        throw error;
      },
    );
  }

  it('are given, kept and refused as the rules say that the lease model searches', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        const { id } = await insertToy(store);
        const given: Lease[] = [];
        let row: LeaseRow = { status: 'pending', holder: null, epoch: 0, until: null };
        for (const [now, command] of list.entries()) {
          const foretold = foretell(row, command, given, now);
          expect({ command, answer: await obey(id, command, given) }).toEqual({
            command,
            answer: foretold.answer,
          });
          row = foretold.row;
          // A lease of no time lasts as long as rounding its end takes.
          await sleep(3);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  describe('under one of which the store is used', () => {
    const twice = async (): Promise<{ readonly former: Lease; readonly current: Lease }> => {
      const { id } = await insertToy(store);
      const former = await store.journal.acquire(id, { holder: 'former', ttlMs: 0 });
      await sleep(5);
      const current = await store.journal.acquire(id, { holder: 'current', ttlMs: HOUR_MS });
      if (former.got !== 'lease' || current.got !== 'lease') throw new Error('the lease was free');
      return { former: former.lease, current: current.lease };
    };

    it('let nothing be changed by a former holder, in a transaction or not (SPEC-OP-2)', async () => {
      await insertHost(store, 'h1');
      const { former } = await twice();
      const stale = store.under(former);
      const lost = { code: 'lease_lost' };
      await expect(stale.hosts.setStatus('h1', 'cordoned', null)).rejects.toMatchObject(lost);
      await expect(stale.hosts.recordSeen('h1', new Date())).rejects.toMatchObject(lost);
      await expect(
        stale.transaction((inside) => inside.hosts.setStatus('h1', 'cordoned', null)),
      ).rejects.toMatchObject(lost);
      expect(await stale.hosts.require('h1')).toMatchObject({ status: 'ready', lastSeenAt: null });
    });

    it('let the holder change what it likes, and refuse it when it was overtaken before the commit (SPEC-OP-2)', async () => {
      await insertHost(store, 'h2');
      const { id } = await insertToy(store);
      const first = await store.journal.acquire(id, { holder: 'first', ttlMs: 0 });
      if (first.got !== 'lease') throw new Error('the lease was free');
      const mine = store.under(first.lease);
      await mine.hosts.setStatus('h2', 'cordoned', 'mine');
      expect(await store.hosts.require('h2')).toMatchObject({ status: 'cordoned' });
      await sleep(5);
      // The embedded database has one connection: there nobody can come between.
      const overtake = () => store.journal.acquire(id, { holder: 'next', ttlMs: HOUR_MS });
      if (database === 'PGlite') await overtake();
      const change = mine.transaction(async (inside) => {
        await inside.hosts.setStatus('h2', 'ready', null);
        if (database === 'PostgreSQL') await overtake();
      });
      await expect(change).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await store.hosts.require('h2')).toMatchObject({ status: 'cordoned' });
    });
  });
});
