import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivateRedis, type PrivateRedis } from '@diecast/queue';
import { Client, type InstanceView, type OperationView } from '../../apps/demo/src/client.js';
import { freePort } from '../../apps/demo/src/ports.js';
import { askTheHosts } from '../../apps/demo/src/witness.js';
import { startLab, tinyImage } from '../harness/lab.js';
import { startPrivatePostgres, type PrivatePostgres } from '../harness/postgres.js';
import { startProgram, untilReady, type Program } from '../harness/programs.js';
import { silent } from '../harness/services.js';

const TOKEN = 'a-token-only-for-this-test';
const noProgress = (): void => undefined;

describe('a cluster of one api and two workers', () => {
  let dataDir: string;
  let lab: Awaited<ReturnType<typeof startLab>>;
  let postgres: PrivatePostgres;
  let redis: PrivateRedis;
  let client: Client;
  let environment: Readonly<Record<string, string>>;
  let api: Program;
  let workers: Program[] = [];

  const startWorker = (): Program => {
    const worker = startProgram('worker', environment);
    workers.push(worker);
    return worker;
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'diecast-cluster-'));
    [lab, postgres, redis] = await Promise.all([
      startLab('cluster', 2),
      startPrivatePostgres(),
      startPrivateRedis({ dataDir, log: silent }),
    ]);
    const image = await tinyImage('v1');
    const port = await freePort();
    environment = {
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: `unix://${redis.socketPath}`,
      DIECAST_DATA_DIR: dataDir,
      DIECAST_HTTP_PORT: String(port),
      DIECAST_GRPC_PORT: '0',
      DIECAST_ADMIN_TOKEN: TOKEN,
      DIECAST_IMAGE_PATHS: image.folder,
      DIECAST_LOG_LEVEL: 'info',
    };
    api = startProgram('api', environment);
    startWorker();
    client = new Client(`http://127.0.0.1:${port}`, TOKEN);
    await untilReady(`${client.url}/health/ready`, api);
    for (const { name, uri } of lab.hosts) await client.run('POST', '/v1/hosts', { name, uri }, noProgress);
    const source = { type: 'path', path: image.folder };
    const imported = await client.run('POST', '/v1/images', { source }, noProgress);
    await client.run(
      'POST',
      `/v1/images/${String(imported.result?.['digest'])}/prove`,
      { network, health, memoryMiB: 128, vcpus: 1 },
      noProgress,
    );
  }, 400_000);

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await api?.end('SIGKILL');
    await redis?.stop();
    await postgres?.stop();
    await lab?.close();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const health = { kind: 'http', port: 80, path: '/healthz', intervalSeconds: 1, startPeriodSeconds: 120 };
  const network = {
    kind: 'bridge',
    name: 'br0',
    get addressing() {
      const { guestRange, prefix, gateway } = lab.network;
      return { mode: 'static', rangeStart: guestRange.start, rangeEnd: guestRange.end, prefix, gateway };
    },
  };
  const service = (replicas: number): unknown => ({
    image: 'tiny-http',
    replicas,
    machine: { vcpus: 1, memoryMiB: 128 },
    network,
    health,
    traffic: { provider: 'none', port: 80 },
  });

  it('carries on when the worker that casts a machine is killed, and casts nothing twice (SPEC-OP-1)', async () => {
    const rollout = await client.call<OperationView>('PUT', '/v1/services/web', service(2));
    const [busy] = workers;
    // In the middle: the machines have been started and have not been found healthy yet.
    for (;;) {
      const machines = await client.instances('web');
      if (machines.some(({ status }) => status === 'validating')) break;
      await sleep(100);
    }
    expect(await busy?.end('SIGKILL')).toBe('SIGKILL');
    workers = [];
    startWorker();
    startWorker();
    await client.follow(rollout.id, noProgress, 240);
    const machines = await client.instances('web');
    expect(machines.map(({ status }) => status)).toEqual(['available', 'available']);
    expect(await askTheHosts(client, lab.hosts)).toBe(2);
  }, 300_000);

  it('hands its operations over and ends with 0 when it is told to go', async () => {
    const [machine] = await client.instances('web');
    const started = await client.post<OperationView>(`/v1/instances/${machine?.id}/migrate`, {});
    for (;;) {
      const { status } = await client.get<OperationView>(`/v1/operations/${started.id}`);
      if (status !== 'pending') break;
      await sleep(50);
    }
    const [first] = workers;
    expect(await first?.end('SIGTERM')).toBe(0);
    const done = await client.follow(started.id, noProgress, 240);
    const after = await client.get<InstanceView>(`/v1/instances/${machine?.id}`);
    expect(after.host).toBe(done.result?.['host']);
    expect(after.host).not.toBe(machine?.host);
    expect(await askTheHosts(client, lab.hosts)).toBe(2);
  }, 300_000);

  it('leaves nothing on any host when the service is deleted', async () => {
    await client.run('DELETE', '/v1/services/web', undefined, noProgress);
    expect(await askTheHosts(client, lab.hosts)).toBe(0);
  }, 120_000);
});
