import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

/** As a worker parks it. */
async function stickDrain(host: string): Promise<string> {
  await insertHost(api.store, host);
  const { body } = await api.as('admin').post(`/v1/hosts/${host}/drain`).expect(202);
  const acquired = await api.store.journal.acquire(body.id, { holder: 'w', ttlMs: 60_000 });
  if (acquired.got !== 'lease') throw new Error(`the lease is ${acquired.got}`);
  const error = { code: 'stuck', message: 'It stands.', details: { step: 'empty' } } as const;
  await api.store.journal.finish(acquired.lease, { status: 'stuck', result: null, error });
  return body.id;
}
const turn = (id: string, how: string) => api.as('operator').post(`/v1/operations/${id}/${how}`);

describe('a stuck operation', () => {
  it('carries on when it is retried (SPEC-OP-9)', async () => {
    const id = await stickDrain('h1');
    const { body: stuck } = await api.as('viewer').get(`/v1/operations/${id}?wait=60`).expect(200);
    expect(stuck).toMatchObject({ status: 'stuck', error: { message: 'It stands.' }, finishedAt: null });
    const { body } = await turn(id, 'retry').expect(200);
    expect(body).toMatchObject({ id, status: 'running', error: null });
    expect(await api.store.operations.runnable(10)).toEqual([id]);
    refusal(await turn(id, 'retry'), 'conflict');
  });

  it('ends when it is abandoned, and lets others work on the same (SPEC-OP-9)', async () => {
    const id = await stickDrain('h2');
    const { body: next } = await api.as('admin').post('/v1/hosts/h2/drain').expect(202);
    expect(await api.store.operations.runnable(10)).not.toContain(next.id);
    const { body } = await turn(id, 'abandon').expect(200);
    expect(body).toMatchObject({ id, status: 'failed', error: { message: 'It stands.' } });
    expect(await api.store.operations.runnable(10)).toContain(next.id);
    refusal(await turn(id, 'abandon'), 'conflict');
  });

  it('cannot be cancelled, only carried on or given up', async () => {
    const answer = await turn(await stickDrain('h3'), 'cancel');
    refusal(answer, 'conflict');
    expect(answer.body.detail).toContain('retry or abandon it');
  });
});
