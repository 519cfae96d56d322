import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertService } from '../../harness/api-world.js';
import { startTestApi, toldBy, type TestApi } from '../../harness/api.js';
import { insertImage, insertProvenImage } from '../../harness/samples.js';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const network = { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } };
const health = { kind: 'http', port: 80, path: '/healthz' };
const declaration = (image: string) => ({ image, machine: { vcpus: 1, memoryMiB: 128 }, network, health });

describe('services', () => {
  it('are declared: a changed one cuts an iteration, the same one changes nothing', async () => {
    const digest = await insertProvenImage(api.store, 'decl');
    const put = (body: object) => api.as('operator').put('/v1/services/decl').send(body);
    const first = await put(declaration('decl')).expect(202);
    expect(first.body).toMatchObject({
      kind: 'service.rollout',
      resources: [
        { type: 'service', id: 'decl' },
        { type: 'rollout', id: 'decl/1' },
      ],
    });
    const same = await put({ ...declaration(digest), replicas: 1 }).expect(200);
    expect(same.headers['location']).toBeUndefined();
    expect(same.body).toMatchObject({ name: 'decl', iteration: 1, replicas: 1, spec: { image: digest } });
    await put({ ...declaration('decl'), machine: { vcpus: 2, memoryMiB: 128 } }).expect(202);
    await put({
      ...declaration('decl'),
      machine: { vcpus: 2, memoryMiB: 128 },
      rollout: { drainSeconds: 1 },
    }).expect(200);

    const { body } = await api.as('viewer').get('/v1/services/decl').expect(200);
    expect(body).toMatchObject({
      iteration: 2,
      rollout: {
        strategy: 'rolling',
        maxSurge: 1,
        maxUnavailable: 0,
        drainSeconds: 1,
        automaticRollback: true,
      },
      placement: { hosts: [], spread: 'hosts' },
      spec: { traffic: { provider: 'none', backend: 'decl', port: 80 }, sandbox: { profile: 'default' } },
    });
    const iterations = await api.as('viewer').get('/v1/services/decl/iterations').expect(200);
    expect(iterations.body.items.map((each: { number: number }) => each.number)).toEqual([2, 1]);
    const rollouts = await api.as('viewer').get('/v1/services/decl/rollouts').expect(200);
    expect(rollouts.body.items).toMatchObject([
      { number: 2, fromIteration: 1, toIteration: 2, trigger: 'declared', status: 'running', notes: [] },
      { number: 1, status: 'superseded', operationId: first.body.id },
    ]);
  });

  it('are planned without being changed', async () => {
    await insertProvenImage(api.store, 'plan');
    const plan = (body: object) => api.as('viewer').post('/v1/services/plan/plan').send(body).expect(200);
    const create = await plan(declaration('plan'));
    expect(create.body).toMatchObject({ change: 'created', fromIteration: null, startsRollout: true });
    await api.as('viewer').get('/v1/services/plan').expect(404);

    await api.as('operator').put('/v1/services/plan').send(declaration('plan')).expect(202);
    const none = await plan(declaration('plan'));
    expect(none.body).toMatchObject({ change: 'none', changes: [], fromIteration: 1, toIteration: 1 });
    const more = { ...declaration('plan'), machine: { vcpus: 1, memoryMiB: 256 } };
    const change = await plan(more);
    expect(change.body).toMatchObject({
      change: 'iteration',
      changes: [{ path: 'spec.machine.memoryMiB', from: 128, to: 256 }],
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect((await plan(more)).body.hash).toBe(change.body.hash);
    expect((await plan(declaration('plan'))).body.hash).not.toBe(change.body.hash);
  });

  it('never show what their machines are told', async () => {
    await insertProvenImage(api.store, 'secret');
    const userData = { credentials: { 'db.password': 'hunter2' } };
    const put = api.as('operator').put('/v1/services/secret');
    const { body } = await put.send({ ...declaration('secret'), userData }).expect(202);
    const shown = await Promise.all(
      [
        'services/secret',
        'services/secret/iterations',
        'services/secret/rollouts',
        `operations/${body.id}`,
      ].map((path) => api.as('viewer').get(`/v1/${path}`).expect(200)),
    );
    expect(shown[0]?.body.spec.userData).toEqual({ credentials: { 'db.password': '(not shown)' } });
    for (const answer of shown) expect(answer.text).not.toContain('hunter2');
  });

  it('take only a proven image, a balancer that is there, and hosts that exist', async () => {
    await insertProvenImage(api.store, 'fine');
    await insertImage(api.store, 'unproven');
    const refusal = async (body: object) => {
      const answer = await api.as('operator').put('/v1/services/refused').send(body);
      return [answer.status, answer.body.code];
    };
    expect(await refusal(declaration('unproven'))).toEqual([409, 'image_unproven']);
    expect(await refusal(declaration('nowhere'))).toEqual([404, 'not_found']);
    const balanced = { ...declaration('fine'), traffic: { provider: 'haproxy' } };
    expect(await refusal(balanced)).toEqual([501, 'unsupported']);
    const locked = { ...declaration('fine'), sandbox: { profile: 'strict' } };
    expect(await refusal(locked)).toEqual([501, 'unsupported']);
    expect(await refusal({ ...declaration('fine'), placement: { hosts: ['nobody'] } })).toEqual([
      404,
      'not_found',
    ]);
    await api.as('viewer').get('/v1/services/refused').expect(404);
  });

  it('go back to an earlier iteration, with or without a body', async () => {
    await insertProvenImage(api.store, 'back');
    const put = (memoryMiB: number) =>
      api
        .as('operator')
        .put('/v1/services/back')
        .send({ ...declaration('back'), machine: { vcpus: 1, memoryMiB } });
    await put(128);
    await put(256);
    const roll = () => api.as('operator').post('/v1/services/back/rollback');
    expect((await roll().expect(409)).body.code).toBe('conflict');
    await roll().send({ iteration: 9 }).expect(404);
    expect((await roll().send({ iteration: 1 }).expect(202)).body.kind).toBe('service.rollout');
    await api.store.services.markKnownGood('back', 2, new Date());
    await roll().expect(202);
    expect((await api.as('viewer').get('/v1/services/back')).body.iteration).toBe(2);
  });

  it('are deleted once, and then are history', async () => {
    await insertService(api.store, 'leaving');
    const first = await api.as('operator').delete('/v1/services/leaving');
    expect(await toldBy(api, first, 'service.delete')).toEqual({ service: 'leaving' });
    const again = await api.as('operator').delete('/v1/services/leaving').expect(202);
    expect(again.body.id).toBe(first.body.id);
    expect((await api.as('viewer').get('/v1/services/leaving')).body.status).toBe('deleting');
    await api.store.services.markDeleted('leaving');
    await api.as('viewer').get('/v1/services/leaving').expect(404);
    await api.as('operator').delete('/v1/services/leaving').expect(404);
    const { body } = await api.as('viewer').get('/v1/services?limit=500');
    const names = body.items.map(({ name }: { name: string }) => name);
    expect(names).not.toContain('leaving');
    expect(names).toContain('back');
  });
});
