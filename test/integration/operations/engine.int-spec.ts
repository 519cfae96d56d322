import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@diecast/model';
import type { Store } from '@diecast/store';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';
import { insertToy, step, toyWorker, work } from '../../harness/toy-operations.js';

/** Holds up everything in this process, as a stopped virtual machine or a long garbage collection does. */
function blockEventLoop(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe.each(DATABASES)('operations on %s', (database) => {
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

  it('runs its steps in order, hands on what they return, and keeps the result', async () => {
    const { id } = await insertToy(store);
    const steps = [
      step('one', async () => ({ a: 1 })),
      step('two', async (_, { need }) => ({ b: Number(need('a')) + 1 })),
    ];
    expect(await work(id, toyWorker(store, steps))).toBe('ended');
    const done = await store.operations.require(id);
    expect(done).toMatchObject({ status: 'succeeded', result: { a: 1, b: 2 }, mayCancel: false });
    expect(done.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'one succeeded',
      'two succeeded',
    ]);
    expect(await work(id, toyWorker(store, steps))).toBe('nothing');
  });

  it('undoes what it did in reverse when a step fails for good, and says which step and why', async () => {
    const { id } = await insertToy(store);
    const did: string[] = [];
    const undo = (name: string) => async () => void did.push(`undo ${name}`);
    const steps = [
      step('one', async () => void did.push('one'), { undo: undo('one') }),
      step('two', async () => void did.push('two'), { undo: undo('two') }),
      step('three', () => Promise.reject(new AppError('conflict', 'It cannot be.')), { undo: undo('three') }),
    ];
    await work(id, toyWorker(store, steps));
    expect(did).toEqual(['one', 'two', 'undo three', 'undo two', 'undo one']);
    expect(await store.operations.require(id)).toMatchObject({
      status: 'failed',
      error: { code: 'conflict', message: 'It cannot be.', details: { step: 'three' } },
    });
  });

  it('carries on at the step that a dead worker had begun, and tells it so (SPEC-OP-1)', async () => {
    const { id } = await insertToy(store);
    const seen: string[] = [];
    const dead = await store.journal.acquire(id, { holder: 'dead', ttlMs: 60_000 });
    if (dead.got !== 'lease') throw new Error('the lease was free');
    await store.journal.startStep(dead.lease, { name: 'one', position: 0, closes: false });
    await store.journal.finishStep(dead.lease, { name: 'one', closes: false }, { a: 1 });
    await store.journal.startStep(dead.lease, { name: 'two', position: 1, closes: false });

    const steps = [
      step('one', async () => void seen.push('one')),
      step(
        'two',
        async (_, { resumed, need }) => void seen.push(`two resumed=${resumed} a=${Number(need('a'))}`),
      ),
    ];
    const deps = toyWorker(store, steps, { holder: 'alive' });
    expect(await work(id, deps)).toBe('nothing');
    expect(await store.operations.runnable(10)).toEqual([]);
    // As if time had passed: the lease ended a moment ago.
    await store.journal.renew(dead.lease, -1);
    expect(await store.operations.runnable(10)).toEqual([id]);
    expect(await work(id, deps)).toBe('ended');
    expect(seen).toEqual(['two resumed=true a=1']);
    await expect(
      store.journal.finishStep(dead.lease, { name: 'two', closes: false }, {}),
    ).rejects.toMatchObject({
      code: 'lease_lost',
    });
  });

  it('does no further effect once the lease may be somebody else’s (SPEC-OP-2)', async () => {
    const { id } = await insertToy(store);
    const effects: string[] = [];
    const steps = (who: string) => [
      step('one', async (_, { checkLease }) => {
        if (who === 'slow') blockEventLoop(600);
        await checkLease();
        effects.push(who);
      }),
    ];
    expect(await work(id, toyWorker(store, steps('slow'), { holder: 'slow', leaseMs: 400 }))).toBe(
      'leaseLost',
    );
    expect(await work(id, toyWorker(store, steps('next'), { holder: 'next' }))).toBe('ended');
    expect(effects).toEqual(['next']);
  });

  it('hands back at once when its worker must go, and the next one carries on', async () => {
    const { id } = await insertToy(store);
    const leaving = new AbortController();
    const steps = [
      step('one', async (_, { signal, resumed }) => {
        if (resumed) return;
        leaving.abort();
        await sleep(60_000, undefined, { signal });
      }),
    ];
    expect(await work(id, toyWorker(store, steps), leaving.signal)).toBe('handedBack');
    expect(await store.operations.runnable(10)).toEqual([id]);
    expect(await work(id, toyWorker(store, steps))).toBe('ended');
    expect((await store.operations.require(id)).status).toBe('succeeded');
  });

  it('stands stuck at once when an undo fails for good, and a retry undoes it', async () => {
    let tries = 0;
    const fails = (code: 'conflict' | 'host_unreachable') =>
      step('one', () => Promise.reject(new AppError('conflict', 'No.')), {
        undo: async () => {
          tries += 1;
          throw new AppError(code, 'It cannot be undone.');
        },
      });
    const { id } = await insertToy(store);
    await work(id, toyWorker(store, [fails('conflict')]));
    expect([tries, (await store.operations.require(id)).status]).toEqual([1, 'stuck']);
    await store.operations.retry(id);
    await work(id, toyWorker(store, [step('one', async () => {}, { undo: async () => {} })]));
    expect((await store.operations.require(id)).status).toBe('failed');
  });

  it('tells a step how much time it has', async () => {
    const { id } = await insertToy(store);
    const seen: number[] = [];
    const steps = [
      step('one', async (_, { timeLeftMs }) => void seen.push(timeLeftMs()), { deadlineSeconds: 7 }),
    ];
    await work(id, toyWorker(store, steps));
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[0]).toBeLessThanOrEqual(7_000);
  });

  it('stands stuck when it fails after its pivot, with what is left and the way on, which retry and abandon are (SPEC-OP-9)', async () => {
    let broken = true;
    const steps = [
      step('pivot', () =>
        broken ? Promise.reject(new AppError('conflict', 'The host says no.')) : Promise.resolve(),
      ),
    ];
    const deps = toyWorker(store, steps, { pivot: 'pivot' });
    const [first, second] = [await insertToy(store), await insertToy(store)];
    await work(first.id, deps);
    await work(second.id, deps);
    const stuck = await store.operations.require(first.id);
    expect(stuck).toMatchObject({ status: 'stuck', error: { code: 'stuck', details: { step: 'pivot' } } });
    const [retry, abandon] = ['retry', 'abandon'].map((how) => `POST /v1/operations/${first.id}/${how}`);
    const message = String(stuck.error?.message);
    expect(message).toContain('Step pivot cannot get further: The host says no.');
    expect(message).toContain(`It leaves toy ${first.id} on host toys.`);
    expect(message).toContain(`${retry} carries on from there; ${abandon} gives up`);
    expect(stuck.error?.details).toMatchObject({
      cause: { code: 'conflict' },
      left: [{ what: `toy ${first.id}`, where: 'host toys' }],
      retry,
      abandon,
    });
    broken = false;
    await store.operations.retry(first.id);
    await work(first.id, deps);
    expect((await store.operations.require(first.id)).status).toBe('succeeded');
    await store.operations.abandon(second.id);
    expect((await store.operations.require(second.id)).status).toBe('failed');
  });
});
