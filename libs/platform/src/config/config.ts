import type { z } from 'zod';
import { LOG_LEVELS, schema, SIGNATURE_POLICIES } from './schema.js';
import type { SignatureKey } from './signature-keys.js';

/** What the environment says, checked once and frozen. */
export type Config = {
  /** Absolute. */
  readonly dataDir: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly adminToken: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly workerConcurrency: number;
  /** Null: no limit. */
  readonly clusterOperations: number | null;
  readonly hostOperations: number;
  readonly historyDays: number;
  /** Folders that path sources may be read from. Null: not said (any in standalone, none in a cluster). */
  readonly imagePaths: readonly string[] | null;
  readonly imageMaxBytes: number;
  readonly imagePrivateUrls: boolean;
  readonly signatureKeys: readonly SignatureKey[];
  readonly signaturePolicy: (typeof SIGNATURE_POLICIES)[number];
  readonly haproxySocket: string | null;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names the variable, never the value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly variable: string,
    readonly problem: string,
  ) {
    super(`${variable} ${problem}.`);
  }
}

/** sysexits(3) EX_CONFIG. */
export const EXIT_CONFIG = 78;

/** @throws ConfigError for the first wrong variable */
export function readConfig(env: Environment): Config {
  const result = schema.safeParse(valuesOf(env));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new ConfigError(String(issue?.path[0] ?? 'The environment'), issue?.message ?? 'is wrong');
  }
  return Object.freeze(toConfig(result.data));
}

/** The configuration, or one clear line on stderr and exit 78. */
export function configOrExit(env: Environment = process.env): Config {
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return exitForConfig(error);
  }
}

/** For what only one program needs, such as DATABASE_URL in a cluster. */
export function exitForConfig(error: ConfigError): never {
  process.stderr.write(`diecast: wrong configuration: ${error.message}\n`);
  process.exit(EXIT_CONFIG);
}

/** @throws ConfigError naming the variable that the cluster shape cannot do without */
export function requireCluster(config: Config): { readonly databaseUrl: string; readonly redisUrl: string } {
  const { databaseUrl, redisUrl } = config;
  const missing = databaseUrl === null ? 'DATABASE_URL' : redisUrl === null ? 'REDIS_URL' : undefined;
  if (databaseUrl === null || redisUrl === null) {
    throw new ConfigError(
      missing ?? 'DATABASE_URL',
      'must be set: this program is one of a cluster, which shares one PostgreSQL and one Redis. For one machine run the standalone program',
    );
  }
  return { databaseUrl, redisUrl };
}

/** Compose files pass unset variables as empty text. An empty list of folders is a meaning of its own. */
function valuesOf(env: Environment): Environment {
  return Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, env[name]] as const)
      .filter(([name, value]) => value !== undefined && (value !== '' || name === 'DIECAST_IMAGE_PATHS')),
  );
}

function toConfig(values: z.output<typeof schema>): Config {
  const signatureKeys = values.DIECAST_SIGNATURE_KEYS ?? [];
  const signaturePolicy = values.DIECAST_SIGNATURE_POLICY ?? (signatureKeys.length > 0 ? 'require' : 'off');
  if (signaturePolicy === 'require' && signatureKeys.length === 0) {
    throw new ConfigError(
      'DIECAST_SIGNATURE_POLICY',
      'is "require", but DIECAST_SIGNATURE_KEYS names no key: no image could ever be imported',
    );
  }
  return {
    dataDir: values.DIECAST_DATA_DIR,
    httpHost: values.DIECAST_HTTP_HOST,
    httpPort: values.DIECAST_HTTP_PORT,
    grpcPort: values.DIECAST_GRPC_PORT,
    adminToken: values.DIECAST_ADMIN_TOKEN ?? null,
    logLevel: values.DIECAST_LOG_LEVEL,
    workerConcurrency: values.DIECAST_WORKER_CONCURRENCY,
    clusterOperations: values.DIECAST_CLUSTER_OPERATIONS ?? null,
    hostOperations: values.DIECAST_HOST_OPERATIONS,
    historyDays: values.DIECAST_HISTORY_DAYS,
    imagePaths: values.DIECAST_IMAGE_PATHS ?? null,
    imageMaxBytes: values.DIECAST_IMAGE_MAX_BYTES,
    imagePrivateUrls: values.DIECAST_IMAGE_PRIVATE_URLS,
    signatureKeys,
    signaturePolicy,
    haproxySocket: values.DIECAST_HAPROXY_SOCKET ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
  };
}
