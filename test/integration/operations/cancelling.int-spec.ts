import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@diecast/model';
import type { Store } from '@diecast/store';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';
import { insertToy, step, toyWorker, work } from '../../harness/toy-operations.js';

describe.each(DATABASES)('cancelling an operation on %s', (database) => {
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

  it('undoes it in the middle, and is refused after its pivot (SPEC-OP-5)', async () => {
    const undone: string[] = [];
    const cancelled = await insertToy(store);
    const endless = step(
      'endless',
      async (_, { signal }) => {
        await store.operations.requestCancel(cancelled.id);
        await sleep(60_000, undefined, { signal });
      },
      { undo: async () => void undone.push('endless') },
    );
    await work(cancelled.id, toyWorker(store, [endless]));
    expect(undone).toEqual(['endless']);
    expect((await store.operations.require(cancelled.id)).status).toBe('cancelled');

    const late = await insertToy(store);
    const pivot = step('pivot', async () => {
      await expect(store.operations.requestCancel(late.id)).rejects.toMatchObject({ code: 'conflict' });
    });
    await work(late.id, toyWorker(store, [pivot], { pivot: 'pivot' }));
    expect((await store.operations.require(late.id)).status).toBe('succeeded');
  });

  it('lets it go on when that comes after the moment within a step that only the host knows (SPEC-OP-5)', async () => {
    const { id } = await insertToy(store);
    const did: string[] = [];
    const start = await store.events.latestId();
    const steps = [
      step('before', async () => {}, { undo: async () => void did.push('undo before') }),
      step(
        'move',
        async (_, { resumed, signal }) => {
          did.push(`move resumed=${resumed}`);
          if (resumed) return;
          // It has moved when somebody asks to stop it.
          await store.operations.requestCancel(id);
          await sleep(60_000, undefined, { signal });
        },
        { undo: async () => (did.push('too late'), 'passed' as const) },
      ),
      step('settle', async () => {
        await expect(store.operations.requestCancel(id)).rejects.toMatchObject({ code: 'conflict' });
        did.push('settle');
      }),
    ];
    expect(await work(id, toyWorker(store, steps, { pivot: { within: 'move' } }))).toBe('ended');
    expect(did).toEqual(['move resumed=false', 'too late', 'move resumed=true', 'settle']);
    expect(await store.operations.require(id)).toMatchObject({ status: 'succeeded', cancelRequested: true });
    const told = await store.events.after(start, { operationId: id, limit: 500 });
    expect(told.filter(({ type }) => type === 'operation.note').map(({ data }) => data)).toEqual([
      expect.objectContaining({ action: 'cancelRefused', reason: expect.stringContaining('Step move') }),
    ]);
  });

  it('lets it go on when that comes while the step succeeds that its pivot lies within (SPEC-OP-5)', async () => {
    const { id } = await insertToy(store);
    const steps = [
      step('move', async () => void (await store.operations.requestCancel(id)), { undo: async () => {} }),
      step('settle', async (_, { signal }) => signal.throwIfAborted()),
    ];
    await work(id, toyWorker(store, steps, { pivot: { within: 'move' } }));
    expect(await store.operations.require(id)).toMatchObject({ status: 'succeeded' });
  });

  it('is refused once its last step has begun, which cannot be undone (SPEC-OP-5)', async () => {
    const { id } = await insertToy(store);
    const undone: string[] = [];
    const steps = [
      step('make', async () => {}, { undo: async () => void undone.push('make') }),
      step('admit', async () => {
        await expect(store.operations.requestCancel(id)).rejects.toMatchObject({ code: 'conflict' });
        throw new AppError('conflict', 'It is not admitted.');
      }),
    ];
    await work(id, toyWorker(store, steps));
    expect(undone).toEqual(['make']);
    expect((await store.operations.require(id)).status).toBe('failed');
  });
});
