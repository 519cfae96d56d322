import { resolve } from 'node:path';
import { z } from 'zod';
import { GIB, isName } from '@diecast/model';
import { parseRedisAddress } from '@diecast/queue';
import { readSignatureKeys } from './signature-keys.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export const SIGNATURE_POLICIES = ['require', 'warn', 'off'] as const;

/** From the text of a variable to its value; what `read` throws becomes the sentence that a person sees. */
function parsed<T>(read: (text: string) => T): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      context.issues.push({
        code: 'custom',
        message: error instanceof Error ? error.message : String(error),
        input: text,
      });
      return z.NEVER;
    }
  });
}

const whole = (least: number, most: number) =>
  parsed((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new Error(`must be a whole number from ${least} to ${most}, not "${text}"`);
  });

const flag = parsed((text) => {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error(`must be true or false, not "${text}"`);
});

const oneOf = <const Value extends string>(values: readonly Value[]) =>
  parsed((text) => {
    const value = values.find((each) => each === text);
    if (value !== undefined) return value;
    throw new Error(`must be one of ${values.join(', ')}, not "${text}"`);
  });

const host = parsed((text) => {
  if (/^[A-Za-z0-9.:_-]+$/.test(text)) return text;
  throw new Error(`must be an address or a host name, not "${text}"`);
});

// The value is a secret, so the sentence does not repeat it.
const token = parsed((text) => {
  if (/^[\x21-\x7e]{16,256}$/.test(text)) return text;
  throw new Error('must be 16 to 256 printable characters without spaces');
});

// As the driver reads it, so that a password with a "/" is not taken for a database that is away.
const databaseUrl = parsed((text) => {
  if (!/^postgres(ql)?:\/\/\S+$/.test(text)) throw new Error('must begin with postgres:// or postgresql://');
  if (URL.canParse(text.replace('@/', '@localhost/'))) return text;
  throw new Error('must be a URL: encode what is special in its password, or give that as PGPASSWORD');
});

const redisUrl = parsed((text) => {
  parseRedisAddress(text);
  return text;
});

const folders = parsed((text) =>
  text
    .split(':')
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith('/')) return part;
      throw new Error(`must be absolute folders separated by ":"; "${part}" is not absolute`);
    }),
);

const haproxySocket = parsed((text) => {
  if (text.startsWith('/') || /^[A-Za-z0-9.[\]-]+:\d{1,5}$/.test(text)) return text;
  throw new Error(`must be an absolute path of a socket or HOST:PORT, not "${text}"`);
});

const signatureKeys = parsed((text) => {
  const keys = readSignatureKeys(text);
  const wrong = keys.find((key) => !isName(key.id));
  if (wrong) throw new Error(`key id "${wrong.id}" must be 1 to 63 of a-z, 0-9 and "-"`);
  return keys;
});

/** Every variable that Diecast reads. Name, default, meaning and check stand here and nowhere else. */
export const schema = z.object({
  DIECAST_DATA_DIR: z
    .string()
    .prefault('./data')
    .transform((path) => resolve(path))
    .meta({ description: 'Folder of image blobs and, without `DATABASE_URL`, of the embedded database.' }),
  DIECAST_HTTP_HOST: host
    .prefault('127.0.0.1')
    .meta({ description: 'Address that REST and gRPC listen on.' }),
  DIECAST_HTTP_PORT: whole(0, 65_535)
    .prefault('8080')
    .meta({ description: 'TCP port of REST, Swagger UI and the queue board; 0 takes any free one.' }),
  DIECAST_GRPC_PORT: whole(0, 65_535).prefault('9090').meta({
    description: 'TCP port of gRPC; 0 takes any free one.',
  }),
  DIECAST_ADMIN_TOKEN: token.optional().meta({
    description:
      'Token of the first administrator, used only while there is no token at all. Unset: one is made and printed once.',
  }),
  DIECAST_LOG_LEVEL: oneOf(LOG_LEVELS)
    .prefault('info')
    .meta({ description: `Least important log lines that are written: ${LOG_LEVELS.join(', ')}.` }),
  DIECAST_WORKER_CONCURRENCY: whole(1, 10_000)
    .prefault('100')
    .meta({ description: 'Operations that one worker runs at the same time.' }),
  DIECAST_CLUSTER_OPERATIONS: whole(1, 1_000_000).optional().meta({
    description:
      'Operations at work at the same time in the whole cluster; those that another one starts as a part of itself go along with it. Unset: no limit.',
  }),
  DIECAST_HOST_OPERATIONS: whole(1, 10_000).prefault('8').meta({
    description:
      'Operations that burden one host at the same time: write images, start machines, move them, take snapshots.',
  }),
  DIECAST_HISTORY_DAYS: whole(1, 36_500).prefault('90').meta({
    description:
      'Days that operations which are over, events and idempotency keys are kept. Rollouts and their operations stay.',
  }),
  DIECAST_IMAGE_PATHS: folders.optional().meta({
    description:
      'Absolute folders, separated by `:`, that images may be imported from by path. Empty: none. Unset: any in standalone, none in a cluster.',
  }),
  DIECAST_IMAGE_MAX_BYTES: whole(1, Number.MAX_SAFE_INTEGER)
    .prefault(String(64 * GIB))
    .meta({ description: 'Largest blob of an image that is taken, in bytes.' }),
  DIECAST_IMAGE_PRIVATE_URLS: flag.prefault('false').meta({
    description: 'Whether an import may fetch from private, loopback and link-local addresses.',
  }),
  DIECAST_SIGNATURE_KEYS: signatureKeys.optional().meta({
    description:
      'ed25519 public keys that images may be signed with: an absolute folder of `ID.pem` files (or base64 text), or a list `id=base64,…`.',
  }),
  DIECAST_SIGNATURE_POLICY: oneOf(SIGNATURE_POLICIES).optional().meta({
    description:
      '`require`: only images signed with a configured key. `warn`: others too, marked. `off`: not looked at. Unset: `require` when keys are configured, else `off`.',
  }),
  DIECAST_HAPROXY_SOCKET: haproxySocket
    .optional()
    .meta({ description: "HAProxy's admin socket: an absolute path or HOST:PORT. Unset: no HAProxy." }),
  DATABASE_URL: databaseUrl.optional().meta({
    description:
      'PostgreSQL 15 or later, its password here or in `PGPASSWORD`. Needed in a cluster; unset in standalone: embedded.',
  }),
  REDIS_URL: redisUrl.optional().meta({
    description:
      'Redis 7: `redis://`, `rediss://`, `unix://`, `redis+sentinel://` or `redis+cluster://`. Needed in a cluster; unset in standalone: a private one is started.',
  }),
});
