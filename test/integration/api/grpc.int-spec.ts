import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GIB, macOf, ROLES, roleCovers, type Role } from '@diecast/model';
import { createLogger } from '@diecast/platform';
import { openStore, type Store } from '@diecast/store';
import { servicesOf } from '../../../apps/api/src/grpc/services.js';
import { objectOf, type RpcFailure } from '../../harness/grpc.js';
import { refusalOf, startTestGrpc, type TestGrpc } from '../../harness/grpc-server.js';
import { insertProvenImage, sampleFacts, sampleManifest } from '../../harness/samples.js';

const INSTANCE = '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2b11';
const SNAPSHOT = '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2b12';
const NOBODY = '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2bff';

const web = {
  name: 'web',
  image: 'tiny',
  machine: { vcpus: 1, memory_mib: 128 },
  network: { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } },
  health: { kind: 'http', port: 80, path: '/healthz' },
};

describe('gRPC', () => {
  let store: Store;
  let api: TestGrpc;
  let digest: string;

  const as: TestGrpc['as'] = (...call) => api.as(...call);

  beforeAll(async () => {
    store = await openStore();
    digest = await insertProvenImage(store, 'tiny');
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    await store.hosts.recordFacts('h1', sampleFacts(8 * GIB));
    await store.hosts.setStatus('h1', 'ready', null);
    api = await startTestGrpc(store);
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  it('tells by reflection what it serves, as the code declares it', () => {
    const declared = servicesOf({ balancer: false }).flatMap(({ definition }) =>
      Object.values(definition.methods).map(({ name }) => `${definition.fullName}/${name}`),
    );
    expect(api.client.services).toEqual(
      expect.arrayContaining([
        ...['Hosts', 'Images', 'Services', 'Instances', 'Snapshots', 'Operations', 'Events'].map(
          (name) => `diecast.v1.${name}`,
        ),
        'grpc.health.v1.Health',
      ]),
    );
    expect(api.client.rpcs.filter((rpc) => rpc.startsWith('diecast.v1.')).toSorted()).toEqual(
      declared.toSorted(),
    );
  });

  it('says by the standard health service whether it can serve, to anybody', async () => {
    for (const service of ['', 'diecast.v1.Hosts'])
      expect(await api.client.call('grpc.health.v1.Health/Check', { service })).toEqual({
        status: 'SERVING',
      });
  });

  it('lets nobody call any rpc without a token, or with a role below its rule (SPEC-API-2)', async () => {
    const rules = servicesOf({ balancer: false }).flatMap(({ definition, rpcs }) =>
      Object.entries(definition.methods).map(([key, { name, responseStream }]) => ({
        rpc: `${definition.fullName}/${name}`,
        role: (rpcs as Readonly<Record<string, { readonly role: Role }>>)[key]?.role,
        responseStream,
      })),
    );
    expect(rules.length).toBeGreaterThan(30);
    const failureOf = async (rpc: string, stream: boolean, token?: string): Promise<RpcFailure> => {
      if (!stream) return refusalOf(api.client.call(rpc, {}, { token }));
      const [error] = (await once(api.client.stream(rpc, {}, { token }), 'error')) as [unknown];
      return api.client.failureOf(error);
    };
    for (const { rpc, role, responseStream } of rules) {
      const nobody = await failureOf(rpc, responseStream);
      expect({ rpc, status: nobody.status, code: nobody.code }).toEqual({
        rpc,
        status: status.UNAUTHENTICATED,
        code: 'unauthenticated',
      });
      expect((await failureOf(rpc, responseStream, 'diecast_wrong')).code).toBe('unauthenticated');
      expect(ROLES).toContain(role);
      for (const below of ROLES.filter((each) => role !== undefined && !roleCovers(each, role))) {
        const failure = await failureOf(rpc, responseStream, api.tokens[below]);
        expect({ rpc, below, status: failure.status, code: failure.code }).toEqual({
          rpc,
          below,
          status: status.PERMISSION_DENIED,
          code: 'forbidden',
        });
      }
    }
  }, 60_000);

  it('shows a host, with what was found out about it, and a page of hosts', async () => {
    const host = await as('viewer', 'Hosts/Get', { name: 'h1' });
    expect(host).toMatchObject({
      name: 'h1',
      status: 'ready',
      facts: { accelerator: 'tcg', memory_bytes: 8 * GIB, security_models: ['none', 'dac'] },
      created_at: { seconds: expect.any(Number) },
    });
    expect(host).not.toHaveProperty('migration_uri');
    expect(await as('viewer', 'Hosts/List', { limit: 1 })).toMatchObject({ items: [{ name: 'h1' }] });
  });

  it('registers, cordons, uncordons and forgets a host', async () => {
    const operation = await as('admin', 'Hosts/Register', {
      name: 'h2',
      uri: 'qemu+tls://h2.example.org/system',
    });
    expect(operation).toMatchObject({
      kind: 'host.register',
      status: 'pending',
      resources: [{ type: 'host', id: 'h2' }],
      created_by: expect.stringMatching(/^admin/),
    });
    expect(await as('viewer', 'Operations/Get', { id: operation['id'] })).toEqual(operation);
    expect(await as('admin', 'Hosts/Cordon', { name: 'h2' })).toMatchObject({
      status: 'cordoned',
      status_reason: expect.stringMatching(/^Cordoned by admin/),
    });
    expect(await as('admin', 'Hosts/Uncordon', { name: 'h2' })).toMatchObject({ status: 'ready' });
    expect(await as('admin', 'Hosts/Delete', { name: 'h2' })).toEqual({});
    expect(await refusalOf(as('viewer', 'Hosts/Get', { name: 'h2' }))).toMatchObject({
      status: status.NOT_FOUND,
      code: 'not_found',
    });
  });

  it('shows an image by its name, digest and list, with its manifest to the letter', async () => {
    const image = await as('viewer', 'Images/Get', { reference: 'tiny' });
    expect(image).toMatchObject({
      digest,
      status: 'proven',
      size_bytes: 1024,
      evidence: { accelerator: 'tcg' },
    });
    expect(objectOf(image['manifest'])).toEqual(sampleManifest('tiny'));
    expect(await as('viewer', 'Images/Get', { reference: digest })).toEqual(image);
    expect(await as('viewer', 'Images/List', { status: 'proven' })).toEqual({ items: [image] });
  });

  it('declares a service, says what it did, and shows it with its iterations, rollouts and endpoints', async () => {
    expect(await as('viewer', 'Services/Plan', web)).toMatchObject({
      change: 'created',
      starts_rollout: true,
    });
    const declared = await as('operator', 'Services/Declare', web);
    expect(declared).toMatchObject({
      change: 'created',
      service: {
        name: 'web',
        iteration: 1,
        replicas: 1,
        spec: { image: digest, machine: { memory_mib: 128 } },
      },
      operation: { kind: 'service.rollout', status: 'running' },
    });
    const again = await as('operator', 'Services/Declare', web);
    expect(again).toMatchObject({ change: 'none', service: declared['service'] as object });
    expect(again).not.toHaveProperty('operation');
    expect(await as('viewer', 'Services/Get', { name: 'web' })).toEqual(declared['service']);
    expect(await as('viewer', 'Services/List')).toMatchObject({ items: [{ name: 'web' }] });
    expect(await as('viewer', 'Services/ListIterations', { name: 'web' })).toMatchObject({
      items: [
        { number: 1, spec: { health: { kind: 'http', port: 80, path: '/healthz', interval_seconds: 2 } } },
      ],
    });
    expect(await as('viewer', 'Services/ListRollouts', { name: 'web' })).toMatchObject({
      items: [{ number: 1, to_iteration: 1, trigger: 'declared', status: 'running' }],
    });
    expect(await as('viewer', 'Services/ListEndpoints', { name: 'web' })).toEqual({ items: [] });
    expect(await refusalOf(as('operator', 'Services/RollBack', { name: 'web' }))).toMatchObject({
      status: status.FAILED_PRECONDITION,
      code: 'conflict',
    });
    expect(await as('operator', 'Services/Delete', { name: 'web' })).toMatchObject({
      kind: 'service.delete',
    });
  });

  it('shows machines and snapshots, and starts what may be done with them', async () => {
    await store.instances.reserve({
      id: INSTANCE,
      service: 'web',
      iteration: 1,
      host: 'h1',
      mac: macOf(INSTANCE),
      memoryMiB: 128,
      range: null,
    });
    for (const step of ['assembling', 'validating', 'available'] as const)
      await store.instances.setStatus(INSTANCE, step, null);
    const machine = await as('viewer', 'Instances/Get', { id: INSTANCE });
    expect(machine).toMatchObject({ service: 'web', iteration: 1, host: 'h1', status: 'available' });
    expect(await as('viewer', 'Instances/List', { service: 'web', status: 'available' })).toEqual({
      items: [machine],
    });
    const { items: none } = await as('viewer', 'Instances/List', { host: 'h9' });
    expect(none).toEqual([]);

    const rpcs = {
      'Instances/Replace': 'instance.replace',
      'Instances/Migrate': 'instance.migrate',
      'Instances/Snapshot': 'instance.snapshot',
    };
    for (const [rpc, kind] of Object.entries(rpcs)) {
      const extra = rpc === 'Instances/Snapshot' ? { name: 'lunch', with_memory: true } : {};
      expect(await as('operator', rpc, { id: INSTANCE, ...extra })).toMatchObject({
        kind,
        status: 'pending',
      });
    }
    expect(await refusalOf(as('operator', 'Instances/Migrate', { id: INSTANCE, host: 'h1' }))).toMatchObject({
      code: 'conflict',
    });

    await store.snapshots.insert({
      ...{ id: SNAPSHOT, instanceId: INSTANCE, service: 'web', iteration: 1, host: 'h1' },
      ...{ name: 'lunch', withMemory: true },
    });
    await store.snapshots.recordResult(SNAPSHOT, {
      pauseMilliseconds: 12.5,
      sizeBytes: 5 * GIB,
      quiesce: 'none',
    });
    await store.snapshots.setStatus(SNAPSHOT, 'ready', null);
    expect(await as('viewer', 'Snapshots/Get', { id: SNAPSHOT })).toMatchObject({
      with_memory: true,
      pause_milliseconds: 12.5,
      size_bytes: 5 * GIB,
    });
    expect(await as('viewer', 'Snapshots/List', { instance_id: INSTANCE })).toMatchObject({
      items: [{ id: SNAPSHOT }],
    });
    expect(await as('operator', 'Snapshots/Restore', { id: SNAPSHOT })).toMatchObject({
      kind: 'snapshot.restore',
    });
    expect(await as('operator', 'Snapshots/Delete', { id: SNAPSHOT })).toMatchObject({
      kind: 'snapshot.delete',
    });
  });

  it('lists operations by status and kind, and cancels a pending one', async () => {
    const { id } = await as('admin', 'Hosts/Drain', { name: 'h1' });
    expect(await as('viewer', 'Operations/List', { kind: 'host.drain', status: 'pending' })).toMatchObject({
      items: [{ id }],
    });
    expect(await as('operator', 'Operations/Cancel', { id })).toMatchObject({
      status: 'cancelled',
      cancel_requested: true,
      error: { code: 'cancelled' },
    });
    expect(await refusalOf(as('operator', 'Operations/Retry', { id }))).toMatchObject({ code: 'conflict' });
  });

  it('names every wrong field in the sentences of REST, in the details that gRPC libraries read', async () => {
    const failure = await refusalOf(
      as('operator', 'Services/Declare', { ...web, name: 'No/Name', machine: { vcpus: 0, memory_mib: 7 } }),
    );
    expect(failure).toMatchObject({
      status: status.INVALID_ARGUMENT,
      code: 'invalid',
      problem: {
        code: 'invalid',
        retry: 'never',
        advice: 'Correct the fields named in "errors".',
        message: failure.message,
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    expect(failure.problem?.['errors']).toEqual(
      expect.arrayContaining([
        {
          path: 'name',
          message: 'must be 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit',
        },
        { path: 'machine.vcpus', message: 'must be a whole number from 1 to 256' },
        { path: 'machine.memoryMiB', message: 'must be a whole number of MiB from 32 to 4194304' },
      ]),
    );
    const missing = await refusalOf(as('operator', 'Services/Declare', { name: 'web', image: 'tiny' }));
    expect(missing.problem?.['errors']).toEqual(
      expect.arrayContaining([
        { path: 'machine', message: expect.stringContaining('is missing') },
        { path: 'network', message: expect.stringContaining('is missing') },
      ]),
    );
    for (const [rpc, request, path] of [
      ['Instances/Get', { id: 'x' }, 'id'],
      ['Hosts/List', { limit: 501 }, 'limit'],
      ['Operations/Get', { id: NOBODY, wait_seconds: 61 }, 'waitSeconds'],
      ['Images/Prove', { reference: '../x' }, 'reference'],
    ] as const) {
      const wrong = await refusalOf(as('operator', rpc, request));
      expect(wrong.code).toBe('invalid');
      expect(wrong.problem?.['errors']).toContainEqual({ path, message: expect.any(String) });
    }
  });

  it('answers the same request with the same key once, also when two arrive at once, and refuses another', async () => {
    const request = { name: 'h3', uri: 'qemu+tls://h3.example.org/system', idempotency_key: 'first' };
    const [one, two] = await Promise.all([
      as('admin', 'Hosts/Register', request),
      as('admin', 'Hosts/Register', request),
    ]);
    expect(two).toEqual(one);
    expect(await as('admin', 'Hosts/Register', { ...request, wait_seconds: 0 })).toEqual(one);
    const other = await refusalOf(as('admin', 'Hosts/Register', { ...request, name: 'h4' }));
    expect(other).toMatchObject({ status: status.INVALID_ARGUMENT, code: 'idempotency_mismatch' });
    expect(await store.hosts.find('h4')).toBeUndefined();
  });

  it('waits for the end of an operation, but answers before the deadline of the call', async () => {
    const { id } = await as('admin', 'Hosts/Drain', { name: 'h1' });
    const early = await api.client.call(
      'diecast.v1.Operations/Get',
      { id, wait_seconds: 60 },
      { token: api.tokens.viewer, deadlineMs: 1500 },
    );
    expect(early).toMatchObject({ id, status: 'pending' });
    const waiting = as('viewer', 'Operations/Get', { id, wait_seconds: 60 });
    await store.operations.requestCancel(String(id));
    expect(await waiting).toMatchObject({ status: 'cancelled' });
  });

  it('hides a defect behind INTERNAL and an id for the log', async () => {
    const lines: string[] = [];
    const broken: Store = {
      ...store,
      hosts: { ...store.hosts, list: () => Promise.reject(new Error('secret of the database')) },
    };
    const other = await startTestGrpc(broken, {
      log: createLogger({ logLevel: 'info' }, { write: (line) => void lines.push(line) }),
    });
    const failure = await refusalOf(other.as('viewer', 'Hosts/List'));
    expect(failure).toMatchObject({
      status: status.INTERNAL,
      message: 'Something went wrong inside Diecast.',
      code: 'internal',
    });
    expect(JSON.stringify(failure.problem)).not.toContain('secret');
    const line = lines.find((each) => each.includes('secret of the database'));
    expect(line).toContain(String(failure.problem?.['request_id']));
    await other.close();
  });
});
