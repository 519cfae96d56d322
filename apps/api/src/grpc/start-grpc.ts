import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { requireReady, type Config, type Dependency, type Logger } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { reflection } from './reflection.js';
import { servicesOf } from './services.js';
import { implementationOf } from './serve.js';
import { serviceOf } from './wire.js';

export type GrpcParts = {
  readonly store: Store;
  readonly config: Pick<Config, 'httpHost' | 'grpcPort' | 'haproxySocket'>;
  readonly log: Logger;
  /** What it cannot work without: told by the health service. */
  readonly dependencies: readonly Dependency[];
};

/** Manifests are the largest thing that a message holds. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;
/** A caller whose machine is gone is found out, and its stream ended. */
const KEEPALIVE_MS = 60_000;
const HEALTH_EVERY_MS = 5_000;
/** For calls that are being answered when the program leaves. */
const GOODBYE_MS = 5_000;

/** Listens for gRPC (`diecast.v1`, health and reflection) until closed. */
export async function startGrpc(
  parts: GrpcParts,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { store, config, log, dependencies } = parts;
  const leaving = new AbortController();
  const server = new Server({
    'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
  });
  const services = servicesOf({ balancer: config.haproxySocket !== null });
  for (const { definition, rpcs } of services)
    server.addService(
      serviceOf(definition),
      implementationOf(definition, rpcs, { store, log, leaving: leaving.signal }),
    );
  reflection().addToServer(server);
  const health = tellHealth(
    server,
    ['', ...services.map(({ definition }) => definition.fullName)],
    dependencies,
  );
  await health.look();

  const port = await bind(server, config.httpHost, config.grpcPort);
  log.info({ host: config.httpHost, port }, `gRPC listens at ${hostPort(config.httpHost, port)}`);
  return {
    port,
    async close() {
      health.close();
      leaving.abort();
      await shutDown(server);
    },
  };
}

/** The standard health service (grpc.health.v1), for whoever balances or supervises. */
function tellHealth(server: Server, names: readonly string[], dependencies: readonly Dependency[]) {
  const health = new HealthImplementation();
  health.addToServer(server);
  let closed = false;
  const tell = (isReady: boolean): void => {
    for (const name of names) health.setStatus(name, isReady && !closed ? 'SERVING' : 'NOT_SERVING');
  };
  const look = (): Promise<void> =>
    requireReady(dependencies).then(
      () => tell(true),
      () => tell(false),
    );
  const timer = setInterval(() => void look(), HEALTH_EVERY_MS);
  return {
    look,
    close() {
      clearInterval(timer);
      closed = true;
      tell(false);
    },
  };
}

const hostPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

const bind = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(hostPort(host, port), ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });

/** Lets calls finish for a while; then they are cut off. */
const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), GOODBYE_MS);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
