import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RolloutStage } from '@diecast/model';
import { insertHost, insertInstance, insertService } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { startTestGrpc, type TestGrpc } from '../../harness/grpc-server.js';
import { requireDigest, sampleSettings, sampleSpec } from '../../harness/samples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await insertHost(api.store, 'a');
}, 60_000);
afterAll(() => api.close());

const steer = (service: string, verb: string) =>
  api.as('operator').post(`/v1/services/${service}/rollout/${verb}`);

/** A service whose first iteration is or is not known to be good, with a rollout to the second one. */
async function insertRollout(service: string, isGood = true): Promise<void> {
  const { services, rollouts } = api.store;
  await insertService(api.store, service);
  const { spec } = await services.iteration(service, 1);
  await rollouts.finish(service, 1, 'succeeded', null);
  if (isGood) await services.markKnownGood(service, 1, new Date());
  await services.declare(service, sampleSpec(requireDigest(spec.image), 256), sampleSettings(1), 'test');
}

const stand = (service: string, name: RolloutStage['name'], step = 0) =>
  api.store.rollouts.recordStage(service, 2, {
    name,
    step,
    promotions: 0,
    since: '2026-03-01T12:00:00.000Z',
  });

describe('a running rollout', () => {
  it('is paused and goes on, once each however often it is said', async () => {
    await insertRollout('paused');
    const { body: paused } = await steer('paused', 'pause').expect(200);
    expect(paused).toMatchObject({ number: 2, status: 'running', resumedAt: null });
    const again = await steer('paused', 'pause').expect(200);
    expect([again.body.pausedAt, typeof paused.pausedAt]).toEqual([paused.pausedAt, 'string']);
    const { body: resumed } = await steer('paused', 'resume').expect(200);
    expect([resumed.pausedAt, typeof resumed.resumedAt]).toEqual([null, 'string']);
    expect((await steer('paused', 'resume').expect(200)).body.resumedAt).toBe(resumed.resumedAt);
  });

  it.each(['preview', 'canary'] as const)('is promoted in the stage %s', async (stage) => {
    const service = `promoted-${stage}`;
    await insertRollout(service);
    await stand(service, stage);
    const first = await steer(service, 'promote').set('Idempotency-Key', `once-${stage}`).expect(200);
    const again = await steer(service, 'promote').set('Idempotency-Key', `once-${stage}`).expect(200);
    expect([first.body.promotions, again.body.promotions]).toEqual([1, 1]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await api.store.rollouts.running(service)).toMatchObject({ promotions: 1 });
  });

  it('is not promoted while it waits for nobody, and says what it does', async () => {
    await insertRollout('busy');
    const said = async () => (await steer('busy', 'promote').expect(409)).body.detail;
    expect(await said()).toBe(
      'Rollout 2 of service busy waits for nobody: it is casting machines (stage cast).',
    );
    await stand('busy', 'bake');
    expect(await said()).toContain('it watches its gates (stage bake)');
    await stand('busy', 'retire');
    expect(await said()).toContain('what it replaced leaves (stage retire)');
    expect(await api.store.rollouts.running('busy')).toMatchObject({ promotions: 0 });
  });

  it('is aborted: it ends, and another one goes back to what was good (SPEC-STEER-1)', async () => {
    await insertRollout('aborted');
    const { body, headers } = await steer('aborted', 'abort').expect(202);
    expect(body).toMatchObject({ kind: 'service.rollout', status: 'running', createdBy: 'operator' });
    expect(headers['location']).toBe(`/v1/operations/${body.id}`);
    const { items } = (await api.as('viewer').get('/v1/services/aborted/rollouts')).body;
    expect(items).toMatchObject([
      { number: 3, fromIteration: 2, toIteration: 1, trigger: 'abort', status: 'running' },
      { number: 2, status: 'rolledBack', statusReason: 'aborted by operator' },
      { number: 1 },
    ]);
    const ended = await api.store.rollouts.find('aborted', 2);
    expect((await api.store.operations.require(ended?.operationId ?? '')).error).toMatchObject({
      code: 'cancelled',
      message: 'aborted by operator',
    });
    expect(await api.store.services.require('aborted')).toMatchObject({ iteration: 1 });
    const refused = await steer('aborted', 'abort');
    refusal(refused, 'conflict');
    expect(refused.body.detail).toContain('brings it to iteration 1, which is known to be good');
  });

  it('fails when it is aborted and nothing was ever good, and what serves stays', async () => {
    await insertRollout('nowhere', false);
    const { body } = await steer('nowhere', 'abort').expect(200);
    expect(body).toMatchObject({ number: 2, status: 'failed', statusReason: 'aborted by operator' });
    expect(await api.store.rollouts.running('nowhere')).toBeUndefined();
    expect(await api.store.services.require('nowhere')).toMatchObject({ iteration: 2 });
  });

  it('must run to be steered', async () => {
    await insertService(api.store, 'calm');
    await api.store.rollouts.finish('calm', 1, 'succeeded', null);
    for (const verb of ['pause', 'resume', 'promote', 'abort']) {
      const answer = await steer('calm', verb);
      refusal(answer, 'conflict');
      expect(answer.body.detail).toBe(
        'No rollout of service calm is running: the last one, 1, is succeeded.',
      );
      refusal(await steer('nobody', verb), 'not_found');
    }
  });
});

describe('a rollout', () => {
  it('shows what it has come to, as figures and as a story (SPEC-STEER-2)', async () => {
    await insertService(api.store, 'receipt');
    const { id } = await insertInstance(api.store, 'receipt', 'a');
    await api.store.instances.update(id, { inTraffic: true });
    await api.store.instances.recordServed(id, { requests: 12, failures: 1 });
    await api.store.rollouts.addNotes('receipt', 1, [
      { at: new Date().toISOString(), action: 'cast', instanceId: id, reason: 'one is missing' },
    ]);
    await api.store.rollouts.finish('receipt', 1, 'succeeded', null);
    const { body } = await api.as('viewer').get('/v1/services/receipt/rollouts/1').expect(200);
    const { spec } = await api.store.services.iteration('receipt', 1);
    expect(body).toMatchObject({
      number: 1,
      status: 'succeeded',
      receipt: {
        machines: [{ instanceId: id, host: 'a', iteration: 1, goneAt: null, requests: 12, failures: 1 }],
        overlapSeconds: 0,
        requests: 12,
        failures: 1,
        images: { from: null, to: spec.image },
      },
    });
    expect(body.receipt.machines[0].inTrafficAt).toEqual(expect.any(String));
    expect(body.receipt.story.join('\n')).toMatch(/cast receipt-1-[0-9a-f]{8}: one is missing/);
    refusal(await api.as('viewer').get('/v1/services/receipt/rollouts/9'), 'not_found');
    refusal(await api.as('viewer').get('/v1/services/receipt/rollouts/first'), 'invalid');
  });
});

describe('a running rollout over gRPC', () => {
  let grpc: TestGrpc;
  beforeAll(async () => {
    grpc = await startTestGrpc(api.store);
  });
  afterAll(() => grpc.close());

  it('is steered by the same rules', async () => {
    await insertRollout('rpc');
    const call = (rpc: string) => grpc.as('operator', `Services/${rpc}Rollout`, { name: 'rpc' });
    expect(await call('Pause')).toMatchObject({ number: 2, paused_at: expect.anything() });
    expect((await call('Resume'))['paused_at']).toBeUndefined();
    await expect(call('Promote')).rejects.toMatchObject({ code: 'conflict' });
    await stand('rpc', 'preview');
    expect(await grpc.as('viewer', 'Services/GetRollout', { name: 'rpc', number: 2 })).toMatchObject({
      number: 2,
      receipt: { story: expect.arrayContaining([expect.stringContaining('Rollout 2 of rpc')]) },
    });
    expect(await call('Promote')).toMatchObject({ promotions: 1, stage: { name: 'preview' } });
    expect(await call('Abort')).toMatchObject({
      rollout: { number: 2, status: 'rolledBack' },
      operation: { kind: 'service.rollout', status: 'running' },
    });
    await expect(grpc.as('viewer', 'Services/PauseRollout', { name: 'rpc' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
