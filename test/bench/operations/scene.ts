import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashToken, makeToken } from '@diecast/platform';
import { connectRedis, startPrivateRedis, type RedisConnection } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { startPrivatePostgres } from '../../harness/postgres.js';
import { until } from '../../harness/until.js';
import { startPeer, type PeerProcess } from '../peer-process.js';
import { hostName, type Api } from './diecast.js';

const TYPESCRIPT = join(import.meta.dirname, '..', '..', 'harness', 'typescript.mjs');
const silent = { debug: () => {}, info: () => {}, warn: () => {} };

export type WorkerKind = 'diecast' | 'bullmq';

/** A cluster on this machine: PostgreSQL, Redis, one API and workers, each in a process of its own. */
export type Scene = {
  readonly api: Api;
  readonly databaseUrl: string;
  readonly redis: RedisConnection;
  readonly workers: Readonly<Record<WorkerKind, readonly PeerProcess[]>>;
  /** Process ids by what they are. */
  readonly pids: { readonly api: number; readonly postgres: number; readonly redis: number };
  close(): Promise<void>;
};

/** @param hosts rows that operations can name */
export async function setTheScene(options: {
  readonly hosts: number;
  readonly workers: number;
}): Promise<Scene> {
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).toReversed()) await part.close();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'diecast-bench-'));
    opened.push({ close: () => rm(dataDir, { recursive: true, force: true }) });
    const postgres = await startPrivatePostgres();
    opened.push({ close: () => postgres.stop() });
    const server = await startPrivateRedis({ dataDir, log: silent });
    opened.push({ close: () => server.stop() });
    const databaseUrl = await postgres.createDatabase();
    const token = makeToken();
    await fill(databaseUrl, token, options.hosts);
    const environment = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: databaseUrl,
      REDIS_URL: `unix://${server.socketPath}`,
      DIECAST_DATA_DIR: dataDir,
    };
    const api = await startApi(environment);
    opened.push(api);
    const workers = {
      diecast: peers('worker.ts', options.workers, environment),
      bullmq: peers('bare-worker.ts', options.workers, environment),
    };
    opened.push(...Object.values(workers).flatMap((all) => all.map((each) => ({ close: () => each.end() }))));
    const redis = connectRedis(environment.REDIS_URL, silent);
    opened.push(redis);
    const pids = { api: api.pid, postgres: postgres.pid(), redis: server.pid };
    return { api: { url: api.url, token }, databaseUrl, redis, workers, pids, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(databaseUrl: string, token: string, hosts: number): Promise<void> {
  const store = await openStore({ databaseUrl });
  await store.tokens.insert({ name: 'bench', role: 'admin', hash: hashToken(token) });
  for (let index = 0; index < hosts; index += 1)
    await store.hosts.insert({
      name: hostName(index),
      uri: `qemu+tls://${hostName(index)}.example.org/system`,
      migrationUri: null,
    });
  await store.close();
}

type Environment = Readonly<Record<string, string>>;

const peers = (file: string, count: number, environment: Environment): readonly PeerProcess[] =>
  Array.from({ length: count }, () =>
    startPeer(process.execPath, ['--import', TYPESCRIPT, join(import.meta.dirname, file)], environment),
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The program itself, as chatty as it is, to nobody. */
async function startApi(environment: Environment) {
  const [http, grpc] = [await freePort(), await freePort()];
  const program = join(import.meta.dirname, '..', '..', '..', 'apps', 'api', 'src', 'main.ts');
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, program], {
    env: { ...environment, DIECAST_HTTP_PORT: `${http}`, DIECAST_GRPC_PORT: `${grpc}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${http}`;
  const close = (): Promise<void> => endOf(child);
  try {
    await until(() => isReady(child, url), { everyMs: 50 });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, pid: child.pid ?? 0, close };
}

async function isReady(child: ChildProcess, url: string): Promise<true | undefined> {
  if (child.exitCode !== null) throw new Error(`the API ended with ${child.exitCode}`);
  const ready = await fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
  return ready || undefined;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
