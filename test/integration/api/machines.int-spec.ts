import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { insertHost, insertInstance, insertService, insertSnapshot } from '../../harness/api-world.js';
import { startTestApi, toldBy, type TestApi } from '../../harness/api.js';
import { digestOf } from '../../harness/samples.js';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

describe('instances and snapshots', () => {
  it('are listed by service, host and status', async () => {
    await insertHost(api.store, 'filter');
    await insertService(api.store, 'filter');
    const { id } = await insertInstance(api.store, 'filter', 'filter');
    const idsAt = async (query: string) =>
      (await api.as('viewer').get(`/v1/instances?${query}`).expect(200)).body.items.map(
        (each: { id: string }) => each.id,
      );
    expect(await idsAt('service=filter')).toEqual([id]);
    expect(await idsAt('host=filter&status=available')).toEqual([id]);
    expect(await idsAt('service=filter&status=failed')).toEqual([]);
    const { body } = await api.as('viewer').get(`/v1/instances/${id}`).expect(200);
    expect(body).toMatchObject({ id, service: 'filter', iteration: 1, host: 'filter', healthy: true });
    expect(body).not.toHaveProperty('activeLayer');
  });

  it('are replaced, moved and snapshotted by operations that name what they make', async () => {
    await insertHost(api.store, 'here');
    await insertHost(api.store, 'there');
    await insertService(api.store, 'moving');
    const { id } = await insertInstance(api.store, 'moving', 'here');
    const post = (verb: string, body?: object) =>
      api.as('operator').post(`/v1/instances/${id}/${verb}`).send(body);

    const replaced = await post('replace');
    const replacement = await toldBy(api, replaced, 'instance.replace');
    expect(replacement).toEqual({ instanceId: id, replacementId: expect.any(String), host: null });
    expect(replaced.body).toHaveProperty('resources.1', { type: 'instance', id: replacement.replacementId });

    expect(await toldBy(api, await post('migrate'), 'instance.migrate')).toEqual({
      instanceId: id,
      host: null,
    });
    const limits = { host: 'there', bandwidthMiBps: 10, downtimeMs: 200 };
    expect(await toldBy(api, await post('migrate', limits), 'instance.migrate')).toEqual({
      instanceId: id,
      ...limits,
    });
    const nowhere = await post('migrate', { host: 'here' });
    expect([nowhere.status, nowhere.body.code]).toEqual([409, 'conflict']);

    const taken = await post('snapshots', { name: 'kept', withMemory: true });
    const snapshot = await toldBy(api, taken, 'instance.snapshot');
    expect(snapshot).toEqual({
      ...{ snapshotId: expect.any(String), instanceId: id },
      name: 'kept',
      withMemory: true,
      quiesce: false,
    });
    expect(taken.body).toHaveProperty('resources.1', { type: 'snapshot', id: snapshot.snapshotId });
  });

  it('that are not available are neither moved nor snapshotted', async () => {
    await insertHost(api.store, 'gone');
    await insertService(api.store, 'gone');
    const { id } = await insertInstance(api.store, 'gone', 'gone');
    await api.store.instances.setStatus(id, 'failed', 'It burned.');
    for (const [verb, body] of [
      ['replace', {}],
      ['migrate', {}],
      ['snapshots', { name: 's', withMemory: false }],
    ] as const) {
      const answer = await api.as('operator').post(`/v1/instances/${id}/${verb}`).send(body);
      expect([verb, answer.status, answer.body.code]).toEqual([verb, 409, 'conflict']);
      expect(answer.body.detail).toContain('is failed');
    }
  });

  it('are restored from snapshots, which are deleted with all that they made', async () => {
    await insertHost(api.store, 'snap');
    await insertService(api.store, 'snap');
    const instance = await insertInstance(api.store, 'snap', 'snap');
    const { id } = await insertSnapshot(api.store, instance);
    const { body } = await api.as('viewer').get(`/v1/snapshots?instanceId=${instance.id}`).expect(200);
    expect(body.items).toMatchObject([{ id, instanceId: instance.id, name: 'kept', status: 'ready' }]);
    await api.as('viewer').get(`/v1/snapshots/${id}`).expect(200);

    const restored = await api.as('operator').post(`/v1/snapshots/${id}/restore`);
    const told = await toldBy(api, restored, 'snapshot.restore');
    expect(told).toEqual({ snapshotId: id, instanceId: expect.any(String) });
    expect(restored.body).toHaveProperty('resources.1', { type: 'instance', id: told.instanceId });

    expect(
      await toldBy(api, await api.as('operator').delete(`/v1/snapshots/${id}`), 'snapshot.delete'),
    ).toEqual({
      snapshotId: id,
    });
    await api.store.snapshots.setStatus(id, 'deleting', null);
    const refused = await api.as('operator').post(`/v1/snapshots/${id}/restore`).expect(409);
    expect(refused.body.detail).toContain('is deleting');
  });
});

describe('operations and tokens', () => {
  it('are listed by kind and status, and cancelled before they begin', async () => {
    await insertHost(api.store, 'op');
    const { body: drain } = await api.as('admin').post('/v1/hosts/op/drain');
    const listed = await api
      .as('viewer')
      .get('/v1/operations?kind=host.drain&status=pending&limit=1')
      .expect(200);
    expect(listed.body.items).toMatchObject([{ id: drain.id }]);
    const cancelled = await api.as('operator').post(`/v1/operations/${drain.id}/cancel`).expect(200);
    expect(cancelled.body).toMatchObject({
      status: 'cancelled',
      error: { code: 'cancelled' },
      mayCancel: false,
    });
    for (const verb of ['cancel', 'retry', 'abandon']) {
      const refused = await api.as('operator').post(`/v1/operations/${drain.id}/${verb}`).expect(409);
      expect(refused.body.code).toBe('conflict');
    }
    await api.as('operator').post(`/v1/operations/${randomUUID()}/retry`).expect(404);
  });

  it('are made with the token shown once, and revoked by another one', async () => {
    const made = await api.as('admin').post('/v1/tokens').send({ name: 'ci', role: 'operator' }).expect(201);
    expect(made.body).toEqual({ name: 'ci', role: 'operator', token: expect.stringMatching(/^diecast_/) });
    const again = await api.as('admin').post('/v1/tokens').send({ name: 'ci', role: 'viewer' }).expect(409);
    expect(again.body.code).toBe('already_exists');
    const own = await api.as('admin').delete('/v1/tokens/admin').expect(409);
    expect(own.body.detail).toContain('its own end');
    await api.as('admin').delete('/v1/tokens/ci').expect(204);
    await api.as('admin').delete('/v1/tokens/nobody').expect(404);
  });
});

describe('the program itself', () => {
  it('says that it lives, and what it misses when it is not ready', async () => {
    await api.anybody().get('/health/live').expect(200, { status: 'ok' });
    await api.anybody().get('/health/ready').expect(200, { status: 'ok' });
    const ping = () => Promise.reject(new Error('gone'));
    const alone = await startTestApi({ dependencies: [{ name: 'Redis', ping }] });
    try {
      await alone.anybody().get('/health/live').expect(200);
      const answer = await alone.anybody().get('/health/ready').expect(503);
      expect(answer.body).toMatchObject({ code: 'unavailable', details: { away: ['Redis'] } });
    } finally {
      await alone.close();
    }
  });

  it('counts requests by route, for Prometheus', async () => {
    await api
      .as('viewer')
      .get(`/v1/images/${digestOf('nobody')}`)
      .expect(404);
    const { text } = await api
      .as('viewer')
      .get('/metrics')
      .expect(200)
      .expect('Content-Type', /^text\/plain/);
    expect(text).toMatch(
      /diecast_http_request_duration_seconds_count\{method="GET",route="\/v1\/images\/:reference",status="404"\} \d/,
    );
  });
});
