import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { digestOf } from '../../harness/samples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

describe('a body that cannot be read', () => {
  const post = () => api.as('admin').post('/v1/hosts');

  it.each(['{"name": "h2"', '', 'null', '"text"', '7', '[]', '{"name": "h2",}', "{'name': 'h2'}"])(
    'such as %j is refused (SPEC-API-1)',
    async (text) => {
      const answer = await post().set('Content-Type', 'application/json').send(text);
      expect(answer.status).toBe(400);
      expect(['malformed', 'invalid']).toContain(answer.body.code);
      refusal(answer, answer.body.code);
    },
  );

  it('because it is no JSON is refused with the type that is taken (SPEC-API-1)', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/xml']) {
      const answer = await post().set('Content-Type', type).send('name=h2');
      refusal(answer, 'malformed');
      expect(answer.body.detail).toContain(`sent as ${type}`);
    }
  });

  it('because it is too large is refused (SPEC-API-1)', async () => {
    refusal(await post().send({ name: 'x'.repeat(1_100_000) }), 'too_large');
  });

  it('because its encoding or character set is none is refused (SPEC-API-1)', async () => {
    refusal(await post().set('Content-Type', 'application/json; charset=utf-99').send('{}'), 'malformed');
    const packed = post().set('Content-Type', 'application/json').set('Content-Encoding', 'gzip');
    refusal(await packed.send('{}'), 'malformed');
  });

  it('cannot poison what all objects share', async () => {
    const poison = '"__proto__":{"status":"ready"},"constructor":{"prototype":{"status":"ready"}}';
    const text = `{"name":"poisoned","uri":"qemu+tls://poisoned/system",${poison}}`;
    await post().set('Content-Type', 'application/json').send(text);
    expect(({} as { readonly status?: unknown }).status).toBeUndefined();
    expect((await api.store.hosts.find('poisoned'))?.status).not.toBe('ready');
  });
});

describe('an upload', () => {
  const put = (digest: string) => api.as('operator').put(`/v1/blobs/${digest}`);
  const octets = 'application/octet-stream';

  it('of other bytes than its digest says leaves nothing', async () => {
    const digest = digestOf('expected');
    refusal(await put(digest).set('Content-Type', octets).send('other'), 'digest_mismatch');
    expect(await api.blobs.sizeOf(digest)).toBeUndefined();
  });

  it('that is too large, or no octet-stream, or under no digest is refused', async () => {
    const bytes = Buffer.alloc(1_000_001);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    refusal(await put(digest).set('Content-Type', octets).send(bytes), 'too_large');
    refusal(await put(digest).send({}), 'malformed');
    expect(refusal(await put('sha256:abc').set('Content-Type', octets).send('x'), 'invalid')).toEqual([
      'digest',
    ]);
    expect(refusal(await put('..%2f..%2fetc').set('Content-Type', octets).send('x'), 'invalid')).toEqual([
      'digest',
    ]);
  });
});

describe('an address', () => {
  it.each([
    ['/v1/instances/7', 'id'],
    ['/v1/instances/00000000-0000-7000-8000-00000000000G', 'id'],
    ['/v1/snapshots/x', 'id'],
    ['/v1/operations/%00', 'id'],
    ['/v1/operations/x/events', 'id'],
    ['/v1/hosts/..%2f..%2fetc%2fpasswd', 'name'],
    ['/v1/hosts/UPPER', 'name'],
    ['/v1/services/%3Cname%3E/endpoints', 'name'],
    ['/v1/images/sha256:abc', 'reference'],
    ['/v1/images/a:b:c', 'reference'],
  ])('such as %s is refused by the part that is wrong (SPEC-API-1)', async (path, part) => {
    expect(refusal(await api.as('viewer').get(path), 'invalid')).toEqual([part]);
  });

  it.each(['/', '/v1', '/v1/machines', '/v2/hosts', '/v1/hosts/h1/explode', '/docs/nothing.here'])(
    'such as %s leads nowhere (SPEC-API-1)',
    async (path) => {
      refusal(await api.as('viewer').get(path), 'not_found');
    },
  );

  it('that cannot be decoded is refused', async () => {
    refusal(await api.as('viewer').get('/v1/hosts/%E0%A4%A'), 'malformed');
  });
});

describe('a question', () => {
  it.each([
    ['/v1/hosts?limit=0', 'limit'],
    ['/v1/hosts?limit=501', 'limit'],
    ['/v1/hosts?limit=ten', 'limit'],
    ['/v1/hosts?limit=1&limit=2', 'limit'],
    ['/v1/hosts?cursor=nonsense', 'cursor'],
    ['/v1/instances?cursor=WyJhIiwiYiJd', 'cursor'],
    ['/v1/instances?status=running', 'status'],
    ['/v1/instances?service=A', 'service'],
    ['/v1/instances?hots=h1', 'hots'],
    ['/v1/images?status=good', 'status'],
    ['/v1/snapshots?instanceId=7', 'instanceId'],
    ['/v1/operations?kind=explode', 'kind'],
    ['/v1/operations?status=done', 'status'],
  ])('such as %s is refused by the word that is wrong (SPEC-API-1)', async (path, word) => {
    expect(refusal(await api.as('viewer').get(path), 'invalid')).toEqual([word]);
  });

  it.each(['61', '-1', '1.5', '5s', ''])(
    'that wants to wait for %j is refused before anything is done',
    async (wait) => {
      const body = { name: 'patient', uri: 'qemu+tls://patient/system' };
      const answer = await api.as('admin').post('/v1/hosts').query({ wait }).send(body);
      expect(refusal(answer, 'invalid')).toEqual(['wait']);
      expect(await api.store.hosts.find('patient')).toBeUndefined();
    },
  );
});
