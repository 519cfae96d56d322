import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../harness/until.js';
import { insertHost } from '../../harness/api-world.js';
import { startTestApi, type TestApi } from '../../harness/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await insertHost(api.store, 'h1');
}, 60_000);
afterAll(() => api.close());

const drain = (query: string) => api.as('admin').post(`/v1/hosts/h1/drain${query}`);

describe('whoever waits', () => {
  it('for an operation gets it when it is over, not later', async () => {
    const { body: started } = await drain('').expect(202);
    const waiting = api.as('viewer').get(`/v1/operations/${started.id}?wait=60`);
    const answer = waiting.then((each) => each);
    await api.store.operations.requestCancel(started.id);
    expect((await answer).body).toMatchObject({ id: started.id, status: 'cancelled' });
  }, 30_000);

  it('for what it starts gets the end with 200', async () => {
    const answer = drain('?wait=60').then((each) => each);
    const id = await until(
      async () => (await api.store.operations.list({ status: 'pending', limit: 1 })).items[0]?.id,
    );
    await api.store.operations.requestCancel(id);
    const { status, body } = await answer;
    expect([status, body.status]).toEqual([200, 'cancelled']);
  }, 30_000);

  it('too short a time gets it as it stands, with 202', async () => {
    const { body } = await drain('?wait=1').expect(202);
    expect(body.status).toBe('pending');
  });

  it('gets the end also when it sends the same again', async () => {
    const repeat = (query: string) => drain(query).set('Idempotency-Key', 'again');
    const { body: first } = await repeat('').expect(202);
    await api.store.operations.requestCancel(first.id);
    const { body } = await repeat('?wait=1').expect(200);
    expect(body).toMatchObject({ id: first.id, status: 'cancelled' });
  });

  it('is answered when the program leaves', async () => {
    const leaving = await startTestApi();
    await insertHost(leaving.store, 'h1');
    const url = `${await leaving.listen()}/v1/hosts/h1/drain?wait=60`;
    const headers = { authorization: `Bearer ${leaving.tokens.admin}`, connection: 'close' };
    const answer = fetch(url, { method: 'POST', headers });
    await until(async () => (await leaving.store.operations.list()).items[0]);
    await leaving.close();
    expect((await answer).status).toBe(202);
  }, 30_000);
});
