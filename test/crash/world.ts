import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, Operation, OperationKind } from '@diecast/model';
import type { FlowServices } from '@diecast/flows';
import { createLogger, openBlobFolder, readConfig, type Logger } from '@diecast/platform';
import { connectRedis, startPrivateRedis, type PrivateRedis, type RedisConnection } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { flowServices } from '../../apps/worker/src/flow-services.js';
import { startOperations } from '../../apps/worker/src/start-operations.js';
import type { LabState } from '../../apps/lab/src/lab.js';
import { startLab, tinyImage, type TestImage } from '../harness/lab.js';
import { startPrivatePostgres, type PrivatePostgres } from '../harness/postgres.js';
import { SILENCE } from './tempo.js';

/** Real hosts, a real PostgreSQL and a real Redis, and all that a worker needs to know of them. */
export type World = {
  readonly lab: LabState;
  readonly services: FlowServices;
  readonly redis: PrivateRedis;
  readonly postgres: PrivatePostgres;
  readonly images: Readonly<Record<'v1' | 'v2', TestImage>>;
  /** Environment of a worker of this world. */
  readonly environment: Readonly<Record<string, string>>;
  insert(kind: OperationKind, input: Json): Promise<string>;
  /** A worker in this process, for as long as `work` takes. */
  carry<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export async function openWorld(name: string, hosts: number): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'diecast-crash-'));
  const opened: { close(): Promise<unknown> }[] = [
    { close: () => rm(dataDir, { recursive: true, force: true }) },
  ];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).toReversed()) await part.close();
  };
  try {
    const lab = await startLab(name, hosts);
    opened.push(lab);
    const postgres = await startPrivatePostgres();
    opened.push({ close: () => postgres.stop() });
    const environment = {
      DATABASE_URL: await postgres.createDatabase(),
      DIECAST_DATA_DIR: dataDir,
      DIECAST_LOG_LEVEL: process.env['CRASH_LOG_LEVEL'] ?? 'fatal',
    };
    const config = readConfig(environment);
    const log = createLogger(config);
    const redis = await startPrivateRedis({ dataDir, log });
    opened.push({ close: () => redis.stop() });
    const store = await openStore({ databaseUrl: environment.DATABASE_URL, log });
    opened.push(store);
    const services = flowServices(store, openBlobFolder(dataDir), config, 'standalone');
    opened.push(services.hypervisors);
    const connection = connectRedis(`unix://${redis.socketPath}`, log);
    opened.push(connection);
    return {
      lab,
      services,
      redis,
      postgres,
      images: { v1: await tinyImage('v1'), v2: await tinyImage('v2') },
      environment: { ...environment, REDIS_URL: `unix://${redis.socketPath}` },
      async insert(kind, input) {
        return (await store.operations.insert({ kind, input, resources: [], createdBy: 'crash' })).id;
      },
      carry: (work) => carry({ services, connection, log }, work),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Carrying = {
  readonly services: FlowServices;
  readonly connection: RedisConnection;
  readonly log: Logger;
};

async function carry<T>({ services, connection, log }: Carrying, work: () => Promise<T>): Promise<T> {
  const parts = { services, redis: connection, log, concurrency: 20, silence: SILENCE };
  const operations = startOperations(parts);
  try {
    return await work();
  } finally {
    await operations.close();
  }
}

const OVER: ReadonlySet<Operation['status']> = new Set(['succeeded', 'failed', 'cancelled', 'stuck']);

/** Until it is over or stuck. @throws Error when that takes too long */
export async function untilOver(
  { services: { store } }: World,
  id: string,
  withinMs: number,
): Promise<Operation> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await store.events.latestId();
    const operation = await store.operations.require(id);
    if (OVER.has(operation.status)) return operation;
    if (performance.now() > deadline)
      throw new Error(`${operation.kind} ${id} is still ${operation.status} after ${withinMs / 1000} s`);
    await store.events.wait(500, undefined, seen);
  }
}

/** Carries an operation to its end in this process. @throws Error when it does not succeed */
export async function succeed(world: World, kind: OperationKind, input: Json): Promise<Operation> {
  const id = await world.insert(kind, input);
  const operation = await world.carry(() => untilOver(world, id, 180_000));
  if (operation.status === 'succeeded') return operation;
  throw new Error(`${kind} ended ${operation.status}: ${JSON.stringify(operation.error)}`);
}
