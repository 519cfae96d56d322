import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InputOf, Operation, OperationKind } from '@diecast/model';
import type { Limits } from '@diecast/operations';
import type { Store } from '@diecast/store';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';
import { insertToy, step, toyWorker, work, type ToyStep } from '../../harness/toy-operations.js';

describe.each(DATABASES)('whose turn it is on %s', (database) => {
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

  const insert = <Kind extends OperationKind>(kind: Kind, input: InputOf<Kind>): Promise<Operation> =>
    store.operations.insert({ kind, input, resources: [], createdBy: 'test' });
  const acquire = (id: string, limits: Limits = {}) =>
    store.journal.acquire(id, { holder: 'w', ttlMs: 60_000, limits });
  async function end(id: string, acquired: Awaited<ReturnType<typeof acquire>>): Promise<void> {
    if (acquired.got !== 'lease') throw new Error(`operation ${id} was not acquired: ${acquired.got}`);
    await store.journal.finish(acquired.lease, { status: 'succeeded', result: null, error: null });
  }
  const runnable = async (ids: readonly string[], limits: Limits = {}) =>
    (await store.operations.runnable(100, limits)).filter((id) => ids.includes(id));

  /** A toy whose step goes on until it is let. */
  function startToy(toy: Operation, more: Partial<ToyStep> = {}, limits: Limits = {}) {
    const [gate, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const hold = step('hold', () => (begun.resolve(), gate.promise), more);
    const ended = work(toy.id, toyWorker(store, [hold], { limits }));
    return { begun: begun.promise, letGo: () => (gate.resolve(), ended) };
  }

  it('is nobody else’s while one works on the same, which is named (SPEC-OP-8)', async () => {
    const host = randomUUID();
    const [first, second] = [await insertToy(store, host), await insertToy(store, host)];
    const running = startToy(first);
    await running.begun;
    expect(await acquire(second.id)).toEqual({ got: 'waiting', lock: `host:${host}`, holder: first.id });
    expect(await runnable([first.id, second.id])).toEqual([]);
    expect(await running.letGo()).toBe('ended');
    expect(await runnable([second.id])).toEqual([second.id]);
    expect(await work(second.id, toyWorker(store, [step('go', async () => {})]))).toBe('ended');
  });

  it('comes in the order of asking (SPEC-OP-8)', async () => {
    const host = randomUUID();
    const [first, second, third] = [
      await insertToy(store, host),
      await insertToy(store, host),
      await insertToy(store, host),
    ];
    const taken = await acquire(first.id);
    await end(first.id, taken);
    expect(await runnable([second.id, third.id])).toEqual([second.id]);
    expect(await acquire(third.id)).toEqual({ got: 'waiting', lock: `host:${host}`, holder: second.id });
    await end(second.id, await acquire(second.id));
    await end(third.id, await acquire(third.id));
  });

  it('does not wait for one that itself waits for something else', async () => {
    const [instanceId, snapshotId] = [randomUUID(), randomUUID()];
    const holder = await insert('snapshot.delete', { snapshotId });
    const taken = await acquire(holder.id);
    const waits = await insert('instance.snapshot', {
      ...{ instanceId, snapshotId, name: 'x', withMemory: false, quiesce: false },
    });
    const passes = await insert('instance.discontinue', { instanceId });
    expect(await runnable([waits.id, passes.id])).toEqual([passes.id]);
    await end(passes.id, await acquire(passes.id));
    await end(holder.id, taken);
    await end(waits.id, await acquire(waits.id));
  });

  it('is a child’s at once where its parent works, before those who asked earlier', async () => {
    const instanceId = randomUUID();
    const parent = await acquire((await insertToy(store)).id);
    if (parent.got !== 'lease') throw new Error('the lease was free');
    const earlier = await insert('instance.migrate', { instanceId, host: null });
    const child = await store.journal.insertChild(parent.lease, {
      kind: 'instance.discontinue',
      input: { instanceId },
      resources: [],
      key: 'child',
    });
    const taken = await acquire(child.id);
    expect(await acquire(earlier.id)).toMatchObject({ got: 'waiting', holder: child.id });
    await end(child.id, taken);
    await end(earlier.id, await acquire(earlier.id));
    await end(parent.operation.id, parent);
  });

  it('is asked for with the wish to be refused otherwise, which names the other one (SPEC-OP-8)', async () => {
    const host = randomUUID();
    const ask = () =>
      store.transaction(async (inside) => {
        const { id } = await inside.operations.insert({
          ...{ kind: 'host.drain', input: { name: host }, resources: [], createdBy: 'test' },
        });
        await inside.operations.requireTurn(id);
        return id;
      });
    const answers = await Promise.allSettled([ask(), ask(), ask()]);
    const granted = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refusals = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(granted).toHaveLength(1);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({
        code: 'busy',
        message: `Operation ${granted[0]} (host.drain) is at work on host ${host}.`,
        details: { operation: granted[0], kind: 'host.drain', lock: `host:${host}` },
      });
    expect(await runnable(granted)).toEqual(granted);
    await end(granted[0] ?? '', await acquire(granted[0] ?? ''));
  });

  it('comes when there is room in the cluster, and children go along with their parent (SPEC-OP-7)', async () => {
    const toys = [await insertToy(store), await insertToy(store), await insertToy(store)];
    const [one, two, three] = toys.map(({ id }) => id) as [string, string, string];
    const limits = { cluster: 2 };
    expect(await runnable([one, two, three], limits)).toEqual([one, two]);
    const taken = [await acquire(one, limits), await acquire(two, limits)] as const;
    expect(await acquire(three, limits)).toEqual({ got: 'full' });
    expect(await runnable([three], limits)).toEqual([]);
    const [parent] = taken;
    if (parent.got !== 'lease') throw new Error('there was room');
    const child = await store.journal.insertChild(parent.lease, {
      ...{ kind: 'instance.discontinue', input: { instanceId: randomUUID() }, resources: [], key: 'child' },
    });
    await end(child.id, await acquire(child.id, limits));
    await end(one, taken[0]);
    expect(await runnable([three], limits)).toEqual([three]);
    await end(three, await acquire(three, limits));
    await end(two, taken[1]);
  });

  it('comes when there is room on the hosts that the step burdens (SPEC-OP-7)', async () => {
    const limits = { perHost: 1 };
    const burdening = { burdens: () => ['h', undefined, 'h'] };
    const [first, second] = [await insertToy(store), await insertToy(store)];
    const running = startToy(first, burdening, limits);
    await running.begun;
    const go = toyWorker(store, [step('go', async () => {}, burdening)], { limits });
    expect(await work(second.id, go)).toBe('waiting');
    expect(await runnable([second.id], limits)).toEqual([]);
    expect((await store.operations.require(second.id)).steps).toEqual([]);
    expect(await running.letGo()).toBe('ended');
    expect(await runnable([second.id], limits)).toEqual([second.id]);
    expect(await work(second.id, go)).toBe('ended');
  });

  it('does not have to come for one that is cancelled while it waits for room', async () => {
    const limits = { perHost: 1 };
    const burdening = { burdens: () => ['h2'] };
    const [first, second] = [await insertToy(store), await insertToy(store)];
    const running = startToy(first, burdening, limits);
    await running.begun;
    const go = toyWorker(store, [step('go', async () => {}, burdening)], { limits });
    expect(await work(second.id, go)).toBe('waiting');
    await store.operations.requestCancel(second.id);
    expect(await runnable([second.id], limits)).toEqual([second.id]);
    expect(await work(second.id, go)).toBe('ended');
    expect(await store.operations.require(second.id)).toMatchObject({ status: 'cancelled' });
    await running.letGo();
  });

  it('stays with a host that a dead worker burdens, until another has carried that on (SPEC-OP-7)', async () => {
    const limits = { perHost: 1 };
    const [first, second] = [await insertToy(store), await insertToy(store)];
    const dead = await store.journal.acquire(first.id, { holder: 'dead', ttlMs: 0 });
    if (dead.got !== 'lease') throw new Error('the lease was free');
    const intent = { name: 'go', position: 0, closes: false, burdens: ['h3'], perHost: 1 };
    expect(await store.journal.startStep(dead.lease, intent)).toBe('started');
    const go = toyWorker(store, [step('go', async () => {}, { burdens: () => ['h3'] })], { limits });
    expect(await work(second.id, go)).toBe('waiting');
    expect(await work(first.id, go)).toBe('ended');
    expect(await work(second.id, go)).toBe('ended');
  });
});
