import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hashToken, makeToken } from '@diecast/platform';
import {
  closeAll,
  connectRedis,
  openQueue,
  OPERATIONS_QUEUE,
  startDispatcher,
  startOperationWorkers,
  startPrivateRedis,
  type OperationJob,
  type PrivateRedis,
} from '@diecast/queue';
import { openStore, type Store } from '@diecast/store';
import { insertHost } from '../../harness/api-world.js';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';
import { quiet, step, toyWorker, work } from '../../harness/toy-operations.js';
import { until } from '../../harness/until.js';

const harness = join(import.meta.dirname, '..', '..', 'harness');

describe('an API that is killed between commit and answer', () => {
  let dataDir: string;
  let postgres: PrivatePostgres;
  let redis: PrivateRedis;
  let databaseUrl: string;
  let store: Store;
  const token = makeToken();
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'diecast-killed-'));
    postgres = await startPrivatePostgres();
    redis = await startPrivateRedis({ dataDir, log: quiet });
    databaseUrl = await postgres.createDatabase();
    store = await openStore({ databaseUrl });
    await store.tokens.insert({ name: 'client', role: 'admin', hash: hashToken(token) });
    await insertHost(store, 'a');
  }, 60_000);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await store?.close();
    await redis?.stop();
    await postgres?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const redisUrl = (): string => `unix://${redis.socketPath}`;

  async function startApi(more: Readonly<Record<string, string>> = {}): Promise<string> {
    const child = fork(join(harness, 'dying-api.ts'), {
      execArgv: ['--import', join(harness, 'typescript.mjs')],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl(),
        DIECAST_DATA_DIR: dataDir,
        DIECAST_HTTP_PORT: '0',
        DIECAST_GRPC_PORT: '0',
        DIECAST_LOG_LEVEL: 'fatal',
        ...more,
      },
    });
    children.push(child);
    const [url] = (await once(child, 'message')) as [string];
    return url;
  }

  const drain = (url: string): Promise<Response> =>
    fetch(`${url}/v1/hosts/a/drain`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': 'once' },
    });

  /** What a worker does who comes only now: nobody has told it of anything. */
  async function carry(id: string): Promise<void> {
    const connection = connectRedis(redisUrl(), quiet);
    const deps = toyWorker(store, [step('move', async () => undefined)]);
    const run = (each: string, signal: AbortSignal): Promise<string> => work(each, deps, signal);
    const workers = startOperationWorkers({ connection, log: quiet, run });
    const queue = openQueue<OperationJob>(connection, OPERATIONS_QUEUE, quiet);
    const { operations, events } = store;
    const dispatcher = startDispatcher({ queue, operations, events, log: quiet });
    try {
      await until(async () => (await operations.require(id)).status === 'succeeded' || undefined);
    } finally {
      await closeAll([dispatcher, workers, queue, connection]);
    }
  }

  it('has lost nothing: the repeated request finds the same operation, and a worker carries it (SPEC-OP-3, SPEC-OP-4)', async () => {
    await expect(drain(await startApi({ DIE_AFTER_COMMIT: 'yes' }))).rejects.toThrow();
    const { items } = await store.operations.list();
    expect(items).toMatchObject([{ kind: 'host.drain', status: 'pending' }]);

    const answer = await drain(await startApi());
    const body = (await answer.json()) as { readonly id: string };
    expect(answer.status).toBe(202);
    expect(answer.headers.get('Idempotency-Replayed')).toBe('true');
    expect(body.id).toBe(items[0]?.id);

    await carry(body.id);
    expect((await store.operations.list()).items).toHaveLength(1);
  }, 120_000);
});
