import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { refusalOf, startTestGrpc, type TestGrpc } from '../../harness/grpc-server.js';

let api: TestApi;
let grpc: TestGrpc;
beforeAll(async () => {
  api = await startTestApi();
  grpc = await startTestGrpc(api.store);
}, 60_000);
afterAll(async () => {
  await grpc.close();
  await api.close();
});

const drain = (host: string, query = '') => api.as('admin').post(`/v1/hosts/${host}/drain${query}`);

describe('a request for what another operation works on', () => {
  it('waits in line unless it wishes to be refused, which names the other one (SPEC-OP-8)', async () => {
    await insertHost(api.store, 'h1');
    const { body: first } = await drain('h1', '?ifBusy=refuse').expect(202);
    const { body: second } = await drain('h1').expect(202);
    expect(second.status).toBe('pending');
    const answer = await drain('h1', '?ifBusy=refuse');
    refusal(answer, 'busy');
    expect(answer.body.detail).toBe(`Operation ${first.id} (host.drain) is at work on host h1.`);
    expect(answer.body.details).toEqual({ operation: first.id, kind: 'host.drain', lock: 'host:h1' });
    const { items } = await api.store.operations.list({ kind: 'host.drain', limit: 10 });
    expect(items.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it('is free again with its Idempotency-Key when it was refused', async () => {
    await insertHost(api.store, 'h2');
    const again = () => drain('h2', '?ifBusy=refuse').set('Idempotency-Key', 'k-busy');
    const { body: first } = await drain('h2').expect(202);
    refusal(await again(), 'busy');
    await api.store.operations.requestCancel(first.id);
    const { body } = await again().expect(202);
    expect(body.id).not.toBe(first.id);
  });

  it('is refused over gRPC too, when the metadata if-busy wishes it (SPEC-OP-8)', async () => {
    await insertHost(api.store, 'h3');
    const call = (wish: string) =>
      grpc.client.call(
        'diecast.v1.Hosts/Drain',
        { name: 'h3' },
        {
          token: grpc.tokens.admin,
          metadata: { 'if-busy': wish },
        },
      );
    const first = await call('refuse');
    expect(await refusalOf(call('refuse'))).toMatchObject({
      code: 'busy',
      message: expect.stringContaining(String(first['id'])),
    });
    expect(await call('wait')).toMatchObject({ status: 'pending' });
    expect(await refusalOf(call('maybe'))).toMatchObject({ code: 'invalid' });
  });

  it('with a wish that is none is refused by its name', async () => {
    await insertHost(api.store, 'h4');
    expect(refusal(await drain('h4', '?ifBusy=maybe'), 'invalid')).toEqual(['ifBusy']);
  });
});
