import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GIB } from '@diecast/model';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { startTestGrpc } from '../../harness/grpc-server.js';
import { insertProvenImage, requireDigest, sampleFacts } from '../../harness/samples.js';
import { declaration } from './wrong-bodies.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const name of ['a', 'b']) {
    await api.store.hosts.insert({ name, uri: `qemu+tls://${name}/system`, migrationUri: null });
    const { pool } = sampleFacts(0);
    await api.store.hosts.recordFacts(name, {
      ...sampleFacts(GIB),
      pool: { ...pool, availableBytes: GIB },
    });
    await api.store.hosts.setStatus(name, 'ready', null);
  }
  await insertProvenImage(api.store, 'img');
}, 60_000);
afterAll(() => api.close());

const plan = async (service: string, body: object) =>
  (await api.as('viewer').post(`/v1/services/${service}/plan`).send(body).expect(200)).body;
const declare = (service: string, body: object, hash: string) =>
  api.as('operator').put(`/v1/services/${service}`).query({ plan: hash }).send(body);
const changedIn = async (
  answer: Promise<Parameters<typeof refusal>[0] & { body: { readonly detail: string } }>,
) => {
  const refused = await answer;
  refusal(refused, 'plan_outdated');
  return refused.body;
};

describe('a plan', () => {
  it('says what it does to machines and hosts, and is declared by its hash (SPEC-PLAN-1)', async () => {
    const body = { ...declaration, replicas: 3, machine: { vcpus: 1, memoryMiB: 256 } };
    const made = await plan('told', body);
    expect(made).toMatchObject({
      change: 'created',
      strategy: 'rolling',
      surge: { machines: 3, sum: '3 replicas', memoryMiB: 768, addresses: null },
      placements: [{ host: 'a' }, { host: 'b' }, { host: 'a' }],
      images: [
        { host: 'a', bytes: 1024 },
        { host: 'b', bytes: 1024 },
      ],
      expected: null,
      blockers: [],
    });
    expect(made.placements[0].reason).toContain('it has no machine of told');
    await declare('told', body, made.hash).expect(202);
  });

  it('is refused when the service has moved, and says so (SPEC-PLAN-1)', async () => {
    const made = await plan('moved', declaration);
    await api.as('operator').put('/v1/services/moved').send(declaration).expect(202);
    const wider = { ...declaration, machine: { vcpus: 2, memoryMiB: 128 } };
    expect((await changedIn(declare('moved', declaration, made.hash))).detail).toContain(
      'it is at iteration 1 now',
    );
    const fresh = await plan('moved', wider);
    expect((await changedIn(declare('moved', declaration, fresh.hash))).detail).toContain(
      'another declaration was planned',
    );
    expect(await api.store.services.require('moved')).toMatchObject({ iteration: 1 });
    await declare('moved', wider, fresh.hash).expect(202);
    refusal(await declare('moved', wider, 'sha256:abc'), 'invalid');
  });

  it('is refused when the hosts have moved, and holds when nothing that decides has (SPEC-PLAN-1)', async () => {
    const made = await plan('hosts', declaration);
    await api.store.hosts.recordSeen('a', new Date(), GIB / 2);
    expect((await plan('hosts', declaration)).hash).toBe(made.hash);
    await api.store.hosts.setStatus('a', 'cordoned', 'for a test');
    const { detail } = await changedIn(declare('hosts', declaration, made.hash));
    expect(detail).toContain('hosts now: a cordoned, b ready; machines would go to b now');
    await api.store.hosts.setStatus('b', 'cordoned', 'for a test');
    const { blockers, placements } = await plan('hosts', declaration);
    expect(placements).toMatchObject([{ host: null }]);
    expect(blockers).toEqual([
      {
        what: 'hosts',
        why: 'no host takes new machines: a is cordoned; b is cordoned',
        remedy: 'Register a host, or uncordon one: POST /v1/hosts/{name}/uncordon.',
      },
    ]);
    for (const name of ['a', 'b']) await api.store.hosts.setStatus(name, 'ready', null);
  });

  it('finds what would keep it from coming about (SPEC-PLAN-2)', async () => {
    const blockersOf = async (more: object) =>
      (await plan('blocked', { ...declaration, ...more })).blockers.map(({ what }: { what: string }) => what);
    expect(await blockersOf({ machine: { vcpus: 1, memoryMiB: 4096 } })).toEqual(['room']);
    expect(await blockersOf({ traffic: { provider: 'haproxy' } })).toEqual(['balancer']);
    const revoked = await insertProvenImage(api.store, 'gone');
    await api.store.images.setStatus(revoked, 'revoked', 'CVE-2026-1234');
    expect(await blockersOf({ image: revoked })).toEqual(['image']);
  });

  it('moves no bytes to a host that has them', async () => {
    const { manifest } = await api.store.images.resolve('img');
    const { digest, size } = manifest.disk;
    const file = { host: 'a', kind: 'blob', sizeBytes: size, backing: null, owner: digest } as const;
    const name = `sha256-${requireDigest(digest).slice('sha256:'.length)}.blob`;
    await api.store.hostFiles.begin({ ...file, name });
    await api.store.hostFiles.recordPresent('a', name, size);
    expect((await plan('bytes', { ...declaration, replicas: 2 })).images).toEqual([
      { host: 'b', bytes: 1024 },
    ]);
  });

  it('is made and held over gRPC by the same rules (SPEC-PLAN-1)', async () => {
    const grpc = await startTestGrpc(api.store);
    try {
      const wanted = { ...declaration, name: 'rpc', machine: { vcpus: 1, memory_mib: 128 } };
      const made = await grpc.as('viewer', 'Services/Plan', wanted);
      expect(made).toMatchObject({
        strategy: 'rolling',
        surge: { machines: 1 },
        placements: [{ host: 'a' }],
      });
      const refused = grpc.as('operator', 'Services/Declare', { ...wanted, replicas: 2, plan: made['hash'] });
      await expect(refused).rejects.toMatchObject({ code: 'plan_outdated' });
      const declared = await grpc.as('operator', 'Services/Declare', { ...wanted, plan: made['hash'] });
      expect(declared).toMatchObject({ change: 'created' });
    } finally {
      await grpc.close();
    }
  });
});
