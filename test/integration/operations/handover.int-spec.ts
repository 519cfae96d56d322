import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestHex, type Operation } from '@diecast/model';
import { startPrivateRedis, type PrivateRedis } from '@diecast/queue';
import { openStore, type Store } from '@diecast/store';
import { makeImage } from '../../harness/image-folder.js';
import { serveFiles, type ImageServer } from '../../harness/image-server.js';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';
import { insertToy, quiet, step, toyWorker, work } from '../../harness/toy-operations.js';
import { until } from '../../harness/until.js';

const root = join(import.meta.dirname, '..', '..', '..');

describe('workers that come and go', () => {
  let folder: string;
  let postgres: PrivatePostgres;
  let redis: PrivateRedis;
  let store: Store;
  let source: ImageServer;
  let environment: Readonly<Record<string, string>>;
  const workers: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'diecast-handover-'));
    for (const name of ['image', 'redis', 'data']) await mkdir(join(folder, name));
    postgres = await startPrivatePostgres();
    const databaseUrl = await postgres.createDatabase();
    redis = await startPrivateRedis({ dataDir: join(folder, 'redis'), log: quiet });
    store = await openStore({ databaseUrl });
    source = await serveFiles(join(folder, 'image'));
    environment = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: `unix://${redis.socketPath}`,
      DIECAST_DATA_DIR: join(folder, 'data'),
      DIECAST_IMAGE_PRIVATE_URLS: 'true',
      DIECAST_LOG_LEVEL: 'silent',
    };
  }, 60_000);
  afterAll(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await source?.close();
    await store?.close();
    await redis?.stop();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** The program as it is deployed, in a process of its own. */
  function startWorker(): ChildProcess {
    const worker = fork(join(root, 'apps/worker/src/main.ts'), {
      execArgv: ['--import', join(root, 'test/harness/typescript.mjs')],
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    workers.push(worker);
    return worker;
  }

  const stepOf = (operation: Operation, name: string) => operation.steps.find((each) => each.name === name);

  it('hand over what they are in the middle of, without waiting for its end (SPEC-OP-12)', async () => {
    const image = await makeImage(join(folder, 'image'), { name: 'slow' });
    const disk = `/blobs/${digestHex(image.manifest.disk.digest)}`;
    // A server that sends the first bytes, and the rest only when it is let.
    const waiting: ServerResponse[] = [];
    source.answer(disk, (response) => {
      response.writeHead(200, { 'content-length': image.manifest.disk.size });
      response.write(Buffer.alloc(0));
      response.flushHeaders();
      waiting.push(response);
    });
    const first = startWorker();
    const { id } = await store.operations.insert({
      kind: 'image.import',
      input: { source: { type: 'url', url: source.url } },
      resources: [],
      createdBy: 'test',
    });
    await until(() => waiting[0]);
    first.kill('SIGTERM');
    expect(await once(first, 'exit')).toEqual([0, null]);
    const between = await store.operations.require(id);
    expect([between.status, stepOf(between, 'fetch')?.status]).toEqual(['running', 'running']);
    expect(await store.operations.runnable(10)).toEqual([id]);

    const bytes = await readFile(join(folder, 'image', disk));
    source.answer(disk, (response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.end(bytes);
    });
    const second = startWorker();
    const done = await until(
      async () => {
        const operation = await store.operations.require(id);
        return operation.status === 'running' ? undefined : operation;
      },
      { everyMs: 100 },
    );
    expect(done).toMatchObject({ status: 'succeeded', result: { digest: image.digest } });
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
  }, 120_000);

  it('leave a step behind that has not stopped within 5 s, and let it do nothing more (SPEC-OP-12)', async () => {
    const { id } = await insertToy(store);
    const leaving = new AbortController();
    const effects: string[] = [];
    let fiveSecondsAreOver = false;
    const deaf = step('deaf', async (_, { checkLease }) => {
      leaving.abort();
      await sleep(5_000);
      fiveSecondsAreOver = true;
      await checkLease();
      effects.push('too late');
    });
    expect(await work(id, toyWorker(store, [deaf]), leaving.signal)).toBe('handedBack');
    expect(fiveSecondsAreOver).toBe(false);
    const heeds = step('deaf', async () => void effects.push('next'));
    expect(await work(id, toyWorker(store, [heeds], { holder: 'next' }))).toBe('ended');
    await sleep(2_000);
    expect(effects).toEqual(['next']);
  }, 30_000);
});
