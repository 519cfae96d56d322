import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyController } from '@diecast/controllers';
import type { Operation } from '@diecast/model';
import { openStore, type Store } from '@diecast/store';
import { insertService } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { openStream, take } from '../../harness/event-stream.js';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';
import { insertToy, quiet, step, toyWorker, work } from '../../harness/toy-operations.js';

const KEEP_DAYS = 90;

describe('history', () => {
  let postgres: PrivatePostgres;
  let database: pg.Client;
  let store: Store;
  let api: TestApi;

  beforeAll(async () => {
    postgres = await startPrivatePostgres();
    const databaseUrl = await postgres.createDatabase();
    database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    store = await openStore({ databaseUrl });
    api = await startTestApi({ store });
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await database?.end();
    await postgres?.stop();
  });

  /** As if all that happened until now had happened that many days ago. */
  async function grow(days: number): Promise<void> {
    const older = (column: string) => `${column} = ${column} - interval '${days} days'`;
    await database.query(`update operations set ${older('finished_at')} where finished_at is not null`);
    await database.query(`update events set ${older('at')}`);
    await database.query(`update idempotency_keys set ${older('created_at')}`);
  }
  async function prune(): Promise<number> {
    let operations = 0;
    for (;;) {
      const pruned = await store.history.prune(KEEP_DAYS);
      operations += pruned.operations;
      if (!pruned.more) return operations;
    }
  }
  const done = async (): Promise<Operation> => {
    const { id } = await insertToy(store);
    await work(id, toyWorker(store, [step('one', async () => {})]));
    return store.operations.require(id);
  };

  it('is kept as long as it shall be, and then goes, children and all (SPEC-OP-10)', async () => {
    const parent = await insertToy(store);
    const acquired = await store.journal.acquire(parent.id, { holder: 'w', ttlMs: 60_000 });
    if (acquired.got !== 'lease') throw new Error('the lease was free');
    const wanted = { kind: 'host.drain' as const, input: { name: 'child' }, resources: [], key: 'c' };
    const child = await store.journal.insertChild(acquired.lease, wanted);
    await work(child.id, toyWorker(store, [step('one', async () => {})]));
    await store.journal.finish(acquired.lease, { status: 'succeeded', result: null, error: null });

    await grow(KEEP_DAYS - 1);
    const young = await done();
    expect(await prune()).toBe(0);
    expect((await store.operations.require(child.id)).parentId).toBe(parent.id);
    await grow(1);
    expect(await prune()).toBe(1);
    for (const id of [parent.id, child.id]) {
      expect(await store.operations.find(id)).toBeUndefined();
      expect(await store.events.after('0', { operationId: id, limit: 10 })).toEqual([]);
    }
    expect(await store.operations.require(young.id)).toMatchObject({ status: 'succeeded' });
  });

  it('keeps what is not over, and all of its events, however old that is (SPEC-OP-10)', async () => {
    const { id } = await insertToy(store);
    const before = await store.events.after('0', { operationId: id, limit: 10 });
    expect(before).toHaveLength(1);
    await grow(10 * KEEP_DAYS);
    await prune();
    expect((await store.events.after('0', { operationId: id, limit: 10 })).map((event) => event.id)).toEqual(
      before.map((event) => event.id),
    );
    await store.operations.requestCancel(id);
  });

  it('keeps rollouts and their operations', async () => {
    await insertService(store, 'web');
    const rollout = await store.rollouts.running('web');
    await store.rollouts.finish('web', rollout?.number ?? 0, 'succeeded', null);
    await grow(KEEP_DAYS);
    await prune();
    const [{ operationId } = { operationId: '' }] = (await store.rollouts.list('web')).items;
    expect(await store.operations.require(operationId)).toMatchObject({ status: 'succeeded' });
  });

  it('lets go of an idempotency key, so that it is a new one', async () => {
    const register = () =>
      api
        .as('admin')
        .post('/v1/hosts')
        .set('Idempotency-Key', 'k')
        .send({ name: 'k1', uri: 'qemu+tls://k1.example.org/system' });
    await register().expect(202);
    await register().expect(202);
    await grow(KEEP_DAYS);
    await prune();
    refusal(await register(), 'already_exists');
  });

  it('lets nobody resume a stream where events are missing, and says from where it is whole (SPEC-EVT-1)', async () => {
    const old = await store.events.latestId();
    await done();
    await grow(KEEP_DAYS);
    await prune();
    const stale = () => api.as('viewer').get('/v1/events').set('Last-Event-ID', old);
    const answer = await stale();
    refusal(answer, 'gone');
    const { wholeAfter } = answer.body.details as { wholeAfter: string };
    expect(await store.events.latestId()).toBe(wholeAfter);
    const base = await api.listen();
    const stream = await openStream(`${base}/v1/events`, api.tokens.viewer, wholeAfter);
    const { id } = await insertToy(store);
    const [event] = await take(stream, 1);
    expect(event).toMatchObject({ event: 'operation.changed', data: { resource: { id } } });
    stream.close();
  });

  const old = (count: number) =>
    database.query(
      `insert into events (at, type, resource_type, resource_id, data)
       select now() - interval '91 days', 'test.said', 'host', 'h', '{}' from generate_series(1, ${count})`,
    );

  it('goes a part at a time', async () => {
    await old(5000);
    const parts: number[] = [];
    for (let more = true; more;) {
      const pruned = await store.history.prune(KEEP_DAYS);
      parts.push(pruned.events);
      ({ more } = pruned);
    }
    expect(parts).toEqual([2_000, 2_000, 1_000]);
  });

  it('is let go of by a worker, all that is old enough (SPEC-OP-10)', async () => {
    await old(2500);
    const { id } = await done();
    await historyController({ store, keepDays: KEEP_DAYS, log: quiet }).run(new AbortController().signal);
    const { rows } = await database.query(`select 1 from events where type = 'test.said' limit 1`);
    expect(rows).toEqual([]);
    expect(await store.operations.find(id)).toBeDefined();
  });
});
