import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { insertHost, insertInstance, insertService } from '../../harness/api-world.js';
import { startTestApi, toldBy, type TestApi } from '../../harness/api.js';
import { insertImage, insertProvenImage, sampleFacts, sampleManifest } from '../../harness/samples.js';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const network = { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } };
const health = { kind: 'http', port: 80, path: '/healthz' };
const declaration = (image: string) => ({ image, machine: { vcpus: 1, memoryMiB: 128 }, network, health });

describe('hosts', () => {
  it('are registered by an operation, and there at once', async () => {
    const uri = 'qemu+tls://reg.example.org/system';
    const answer = await api.as('admin').post('/v1/hosts').send({ name: 'reg', uri });
    expect(await toldBy(api, answer, 'host.register')).toEqual({ name: 'reg' });
    const { body } = await api.as('viewer').get('/v1/hosts/reg').expect(200);
    expect(body).toEqual({
      ...{ name: 'reg', uri, migrationUri: null, status: 'unreachable', statusReason: null, facts: null },
      ...{ lastSeenAt: null, createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
    });
    const again = await api.as('admin').post('/v1/hosts').send({ name: 'reg', uri }).expect(409);
    expect(again.body.code).toBe('already_exists');
  });

  it('tell what a look at them told, without the CPU as XML', async () => {
    await insertHost(api.store, 'seen');
    await api.store.hosts.recordFacts('seen', sampleFacts(1024));
    const { body } = await api.as('viewer').get('/v1/hosts/seen');
    const { cpuXml: _, ...facts } = sampleFacts(1024);
    expect(body.facts).toEqual(facts);
  });

  it('are cordoned and put back to work at once, and drained by an operation', async () => {
    await insertHost(api.store, 'work');
    const cordoned = await api.as('admin').post('/v1/hosts/work/cordon').expect(200);
    expect(cordoned.body).toMatchObject({ status: 'cordoned', statusReason: 'Cordoned by admin.' });
    const back = await api.as('admin').post('/v1/hosts/work/uncordon').expect(200);
    expect(back.body).toMatchObject({ status: 'ready', statusReason: null });
    expect(await toldBy(api, await api.as('admin').post('/v1/hosts/work/drain'), 'host.drain')).toEqual({
      name: 'work',
    });
  });

  it('are forgotten only when nothing is on them', async () => {
    await insertHost(api.store, 'full');
    await insertService(api.store, 'on-full');
    const instance = await insertInstance(api.store, 'on-full', 'full');
    const refused = await api.as('admin').delete('/v1/hosts/full').expect(409);
    expect(refused.body).toMatchObject({ code: 'in_use', details: { instances: [instance.id] } });
    await api.store.instances.release(instance.id);
    const gone = await api.as('admin').delete('/v1/hosts/full').expect(204);
    expect(gone.text).toBe('');
    await api.as('viewer').get('/v1/hosts/full').expect(404);
  });

  it('are listed by name, page by page', async () => {
    for (const name of ['p-1', 'p-2', 'p-3']) await insertHost(api.store, name);
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor === null ? {} : { cursor }) };
      const { body } = await api.as('viewer').get('/v1/hosts').query(query).expect(200);
      expect(body.items.length).toBeLessThanOrEqual(2);
      names.push(...body.items.map((host: { name: string }) => host.name));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual((await api.store.hosts.all()).map(({ name }) => name));
  });
});

describe('images', () => {
  it('are imported from a path, a URL, or an upload', async () => {
    const manifest = sampleManifest('uploaded');
    const cases = [
      [
        { type: 'path', path: '/srv/images/web' },
        { type: 'path', path: '/srv/images/web' },
      ],
      [
        { type: 'url', url: 'https://h/web' },
        { type: 'url', url: 'https://h/web' },
      ],
      [
        { type: 'upload', manifest },
        { type: 'upload', manifest, signature: null },
      ],
    ];
    for (const [source, told] of cases) {
      const answer = await api.as('operator').post('/v1/images').send({ source });
      expect(await toldBy(api, answer, 'image.import')).toEqual({ source: told });
    }
  });

  it('have their blobs uploaded under their digests, once', async () => {
    const bytes = randomBytes(70_000);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    for (const status of [201, 200]) {
      const answer = await api
        .as('operator')
        .put(`/v1/blobs/${digest}`)
        .set('Content-Type', 'application/octet-stream')
        .send(bytes)
        .expect(status);
      expect(answer.body).toEqual({ digest, size: 70_000 });
    }
  });

  it('are found by digest, name, and name with version', async () => {
    const old = await insertProvenImage(api.store, 'named', '1');
    const fresh = await insertImage(api.store, 'named', '2');
    const digestAt = async (reference: string) =>
      (await api.as('viewer').get(`/v1/images/${reference}`)).body.digest;
    expect(await digestAt(fresh)).toBe(fresh);
    expect(await digestAt('named')).toBe(old);
    expect(await digestAt('named:2')).toBe(fresh);
    const { body } = await api.as('viewer').get('/v1/images?name=named&status=proven').expect(200);
    expect(body.items).toEqual([
      expect.objectContaining({
        digest: old,
        manifest: sampleManifest('named', '1'),
        signatureStatus: 'unsigned',
      }),
    ]);
  });

  it('are proven by an operation, with every default said', async () => {
    const digest = await insertImage(api.store, 'to-prove');
    await api.store.images.setStatus(digest, 'candidate', null);
    await insertHost(api.store, 'prover');
    const body = { network, health, memoryMiB: 128, vcpus: 1, host: 'prover' };
    const answer = await api.as('operator').post('/v1/images/to-prove/prove').send(body);
    expect(await toldBy(api, answer, 'image.prove')).toEqual({
      digest,
      host: 'prover',
      machine: { vcpus: 1, memoryMiB: 128, firmware: 'bios', cpu: 'portable' },
      network,
      health: {
        ...{ kind: 'http', port: 80, path: '/healthz', status: 200, intervalSeconds: 2, timeoutSeconds: 2 },
        ...{ successes: 1, failures: 3, startPeriodSeconds: 120 },
      },
    });
    const unknown = { ...body, host: 'nobody' };
    await api.as('operator').post('/v1/images/to-prove/prove').send(unknown).expect(404);
    const other = await api
      .as('operator')
      .post('/v1/images/to-prove/prove')
      .send({ ...body, firmware: 'uefi' });
    expect([other.status, other.body.errors[0].path]).toEqual([400, 'firmware']);
  });

  it('that are revoked are neither proven nor declared, for ever', async () => {
    const digest = await insertProvenImage(api.store, 'bad');
    const reason = 'CVE-2026-1234';
    const revoked = await api.as('operator').post('/v1/images/bad/revoke').send({ reason }).expect(200);
    expect(revoked.body).toMatchObject({ digest, status: 'revoked', statusReason: reason });
    const prove = { network, health, memoryMiB: 128, vcpus: 1 };
    const proof = await api.as('operator').post('/v1/images/bad/prove').send(prove).expect(409);
    expect(proof.body.code).toBe('image_revoked');
    const service = await api.as('operator').put('/v1/services/bad').send(declaration('bad')).expect(409);
    expect(service.body.code).toBe('image_revoked');
  });

  it('are deleted by an operation, unless somebody uses them', async () => {
    const digest = await insertProvenImage(api.store, 'to-delete');
    const answer = await api.as('operator').delete('/v1/images/to-delete');
    expect(await toldBy(api, answer, 'image.delete')).toEqual({ digest });
    await insertService(api.store, 'user');
    const refused = await api.as('operator').delete('/v1/images/user-image').expect(409);
    expect(refused.body).toMatchObject({ code: 'in_use', detail: expect.stringContaining('service user') });
  });
});
