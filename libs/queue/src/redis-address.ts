import { AppError } from '@diecast/model';

export type NodeAddress = { readonly host: string; readonly port: number };
type Access = { readonly username?: string; readonly password?: string };

/** Where Redis is, in any of the shapes that people run it in. */
export type RedisAddress =
  | ({
      readonly kind: 'single';
      readonly at: NodeAddress | { readonly path: string };
      readonly tls: boolean;
      readonly database: number;
    } & Access)
  | ({
      readonly kind: 'sentinel';
      readonly sentinels: readonly NodeAddress[];
      readonly master: string;
      readonly database: number;
      readonly tls: boolean;
    } & Access)
  | ({ readonly kind: 'cluster'; readonly nodes: readonly NodeAddress[]; readonly tls: boolean } & Access);

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;

/**
 * `redis://[user:password@]host[:port][/database]`, `rediss://…` (TLS), `unix:///path/to/socket` or a path alone,
 * `redis+sentinel://[user:password@]h1:26379,h2:26379/master[/database]`, `redis+cluster://[user:password@]h1:6379,h2`;
 * `rediss+sentinel` and `rediss+cluster` likewise.
 * @throws AppError `invalid`; its message never has the password in it
 */
export function parseRedisAddress(text: string): RedisAddress {
  if (text.startsWith('/')) return socketAt(text);
  const match = /^([a-z+]+):\/\/(?:([^@/]*)@)?([^/]*)(\/.*)?$/.exec(text);
  if (!match) throw wrong('it is neither a URL nor an absolute path of a socket');
  const [, scheme = '', credentials, hosts = '', path = ''] = match;
  if (scheme === 'unix' || scheme === 'redis+unix')
    return socketAt(decodeURIComponent(path), accessOf(credentials));

  const tls = scheme.startsWith('rediss');
  const parts = path.split('/').filter((part) => part !== '');
  switch (scheme.replace(/^rediss/, 'redis')) {
    case 'redis': {
      const [at, ...more] = nodesOf(hosts, REDIS_PORT);
      if (!at || more.length > 0)
        throw wrong('redis:// takes one host; use redis+sentinel:// or redis+cluster://');
      return { kind: 'single', at, tls, database: databaseOf(parts[0]), ...accessOf(credentials) };
    }
    case 'redis+sentinel': {
      const [master, database] = parts;
      if (master === undefined) throw wrong('after the sentinels comes the name of the master: /mymaster');
      const sentinels = nodesOf(hosts, SENTINEL_PORT);
      return {
        kind: 'sentinel',
        sentinels,
        master,
        database: databaseOf(database),
        tls,
        ...accessOf(credentials),
      };
    }
    case 'redis+cluster':
      if (parts.length > 0) throw wrong('a cluster has no database numbers');
      return { kind: 'cluster', nodes: nodesOf(hosts, REDIS_PORT), tls, ...accessOf(credentials) };
    default:
      throw wrong(`the scheme ${scheme} is not one of redis, rediss, unix, redis+sentinel, redis+cluster`);
  }
}

const wrong = (reason: string): AppError =>
  new AppError('invalid', `The address of Redis is wrong: ${reason}.`, {
    errors: [{ path: 'REDIS_URL', message: reason }],
  });

const socketAt = (path: string, access: Access = {}): RedisAddress => {
  if (path === '') throw wrong('unix:// needs the path of a socket');
  return { kind: 'single', at: { path }, tls: false, database: 0, ...access };
};

function accessOf(credentials: string | undefined): Access {
  if (credentials === undefined || credentials === '') return {};
  const colon = credentials.indexOf(':');
  const username = decodeURIComponent(colon === -1 ? credentials : credentials.slice(0, colon));
  const password = colon === -1 ? undefined : decodeURIComponent(credentials.slice(colon + 1));
  return { ...(username === '' ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

function nodesOf(list: string, defaultPort: number): readonly NodeAddress[] {
  return list.split(',').map((node) => {
    const match = /^(\[[0-9a-fA-F:]+\]|[^:\s]+)(?::(\d{1,5}))?$/.exec(node);
    const port = match?.[2] === undefined ? defaultPort : Number(match[2]);
    if (match?.[1] === undefined || port < 1 || port > 65_535)
      throw wrong(`"${node}" is not host or host:port`);
    return { host: match[1].replace(/^\[(.*)\]$/, '$1'), port };
  });
}

function databaseOf(part: string | undefined): number {
  if (part === undefined) return 0;
  if (/^\d{1,4}$/.test(part)) return Number(part);
  throw wrong('the database is a number');
}
