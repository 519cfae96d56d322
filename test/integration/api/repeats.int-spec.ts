import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { insertProvenImage } from '../../harness/samples.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

// At once means something else in a server than in the embedded database: it must hold in both.
describe.each(DATABASES)('a request that is repeated, on %s', (database) => {
  let databases: StoreUnderTest;
  let api: TestApi;
  beforeAll(async () => {
    databases = await prepareStore(database);
    api = await startTestApi({ store: await databases.open() });
  }, 120_000);
  afterAll(async () => {
    await api.close();
    await databases.close();
  }, 60_000);

  const register = (name: string, key: string) =>
    api
      .as('admin')
      .post('/v1/hosts')
      .set('Idempotency-Key', key)
      .send({ name, uri: `qemu+tls://${name}.example.org/system` });
  const count = async (kind: 'host.register' | 'host.drain') =>
    (await api.store.operations.list({ kind, limit: 500 })).items.length;

  it('does its work once, and gets the first answer again (SPEC-OP-4)', async () => {
    const before = await count('host.register');
    const first = await register('once', 'k-once').expect(202);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const second = await register('once', 'k-once').expect(202);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.body).toEqual(first.body);
    expect(second.headers['location']).toBe(first.headers['location']);
    expect(await count('host.register')).toBe(before + 1);
  });

  it('does its work once when many arrive at once (SPEC-OP-4)', async () => {
    const before = await count('host.register');
    const answers = await Promise.all(Array.from({ length: 8 }, () => register('many', 'k-many')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 202));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length).toBe(1);
    expect(await count('host.register')).toBe(before + 1);
  });

  it('with another body, path or method is refused (SPEC-OP-4)', async () => {
    await register('mine', 'k-mine').expect(202);
    refusal(await register('other', 'k-mine'), 'idempotency_mismatch');
    refusal(
      await api.as('admin').post('/v1/hosts/mine/drain').set('Idempotency-Key', 'k-mine'),
      'idempotency_mismatch',
    );
    refusal(
      await api.as('admin').delete('/v1/hosts/mine').set('Idempotency-Key', 'k-mine'),
      'idempotency_mismatch',
    );
    expect(await api.store.hosts.find('other')).toBeUndefined();
    expect(await api.store.hosts.find('mine')).toBeDefined();
  });

  it('is the same request whatever the order of its fields and the patience of its sender (SPEC-OP-4)', async () => {
    const first = await register('order', 'k-order').expect(202);
    const { body } = await api
      .as('admin')
      .post('/v1/hosts?wait=0')
      .set('Idempotency-Key', 'k-order')
      .send({ uri: 'qemu+tls://order.example.org/system', name: 'order' })
      .expect(202);
    expect(body.id).toBe(first.body.id);
  });

  it('by somebody else is another request (SPEC-OP-4)', async () => {
    await insertProvenImage(api.store, 'shared');
    const revoke = (role: 'operator' | 'admin') =>
      api.as(role).post('/v1/images/shared/revoke').set('Idempotency-Key', 'k-shared').send({ reason: role });
    await revoke('operator').expect(200);
    expect((await revoke('admin').expect(200)).headers['idempotency-replayed']).toBeUndefined();
  });

  it('may try again under its key after it was refused', async () => {
    const drain = () => api.as('admin').post('/v1/hosts/late/drain').set('Idempotency-Key', 'k-late');
    await drain().expect(404);
    await insertHost(api.store, 'late');
    await drain().expect(202);
  });

  it('with a key that is none is refused by its name', async () => {
    for (const key of ['with space', 'x'.repeat(256), 'ümlaut'])
      expect(refusal(await register('key', Buffer.from(key).toString('latin1')), 'invalid')).toEqual([
        'Idempotency-Key',
      ]);
  });

  it('without a key is a new one each time', async () => {
    await insertHost(api.store, 'plain');
    const before = await count('host.drain');
    for (let time = 0; time < 2; time += 1) await api.as('admin').post('/v1/hosts/plain/drain').expect(202);
    expect(await count('host.drain')).toBe(before + 2);
  });
});
