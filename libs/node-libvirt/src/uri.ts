import { encodePath, encodeValue, readParameters, decodeText, type Parameter } from './uri-text.js';

export type Transport = 'unix' | 'tcp' | 'tls' | 'ssh';

/** A libvirt connection URI taken apart as libvirt 9.0 itself reads it (https://libvirt.org/uri.html). */
export type LibvirtUri = {
  /** `qemu`, `test` …; whether there is such a driver is for the daemon to say. */
  readonly driver: string;
  readonly transport: Transport;
  /** A name or an address without brackets; null only for `unix`. */
  readonly host: string | null;
  readonly port: number | null;
  readonly user: string | null;
  /** `/system`, `/session`, `/default` …, decoded; '' if there is none. */
  readonly path: string;
  /**
   * The URI by which the daemon itself opens the hypervisor, e.g. `qemu:///system`: the same without transport, host and the
   * parameters below. Parameters that are not libvirt's stay in it, as libvirt passes them on to the driver.
   */
  readonly name: string;
  readonly options: UriOptions;
};

/** What libvirt's own parameters ask for; undefined was not given. */
export type UriOptions = {
  /** Path of the daemon's socket: here for `unix`, on the far side for `ssh`. */
  readonly socket: string | undefined;
  /** The daemon of one driver (virtqemud), the one for all (libvirtd), or whichever is there. */
  readonly mode: 'auto' | 'direct' | 'legacy';
  /** `sasl`, `sasl.MECHANISM` or `polkit`. */
  readonly auth: string | undefined;
  /** A file with user names and passwords (https://libvirt.org/auth.html#client-configuration). */
  readonly authfile: string | undefined;
  /** False for `no_verify=1`: whoever answers is believed. */
  readonly verify: boolean;
  /** False for `no_sanity=1`: our own certificate is not looked at before it is shown. */
  readonly sanity: boolean;
  /** Folder of cacert.pem, clientcert.pem and clientkey.pem. */
  readonly pkipath: string | undefined;
  /** A priority string in GnuTLS' words. */
  readonly tlsPriority: string | undefined;
  /** The ssh program. */
  readonly command: string | undefined;
  readonly proxy: 'auto' | 'netcat' | 'native';
  /** The netcat program on the far side. */
  readonly netcat: string | undefined;
  readonly keyfile: string | undefined;
  readonly knownHosts: string | undefined;
  /** What to do with a host key that is not known: refuse (the default), learn it, or not look at host keys at all. */
  readonly knownHostsVerify: 'normal' | 'auto' | 'ignore' | undefined;
};

/** What libvirt's client would look for among its aliases. */
const ALIAS = /^[a-z0-9_.-]+$/i;
const TRANSPORTS: readonly Transport[] = ['unix', 'tcp', 'tls', 'ssh'];

/** @throws TypeError with a sentence that says what is wrong */
export function parseLibvirtUri(text: string): LibvirtUri {
  if (/[^\x21-\x7e]|["<>\\^`{|}]/.test(text))
    throw new TypeError(`"${text}" has characters that a URI must percent-encode`);
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw new TypeError(`"${text}" has a % without two hex digits`);
  const match =
    /^([a-z][a-z0-9.-]*)(?:\+([^:/?#]*))?:(?:\/\/([^/?#]*))?(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/i.exec(text);
  if (match === null)
    throw new TypeError(
      `"${text}" is not a libvirt URI such as qemu+tls://host/system` +
        (ALIAS.test(text) ? '; aliases (uri_aliases in libvirt.conf) are not looked up' : ''),
    );
  const [, driver = '', word, authority = '', path = '', query = '', fragment] = match;
  const { user, host, port } = readAuthority(authority, text);
  const transport = readTransport(word, host, text);
  const { options, name, rest } = readOptions(readParameters(query), text);
  return {
    driver,
    transport,
    host: transport === 'unix' ? null : (host ?? 'localhost'),
    port,
    user,
    path: decodeText(path),
    name: name ?? nameFor(driver, path, rest, fragment),
    options,
  };
}

/** A Unix socket if nothing else is said; TLS if a host is. */
function readTransport(word: string | undefined, host: string | null, text: string): Transport {
  if (word === undefined) return host === null ? 'unix' : 'tls';
  const transport = TRANSPORTS.find((each) => each === word.toLowerCase());
  if (transport === undefined)
    throw new TypeError(
      `transport "${word}" in "${text}" is not one of ${TRANSPORTS.join(', ')}` +
        (/^libssh2?$/i.test(word) ? '; +ssh runs the ssh program and does the same' : ''),
    );
  if (transport === 'unix' && host !== null)
    throw new TypeError(
      `"${text}" names the host "${host}", which a Unix socket cannot reach: leave it out, or use +ssh`,
    );
  return transport;
}

function readAuthority(authority: string, text: string): Pick<LibvirtUri, 'user' | 'host' | 'port'> {
  const match = /^(?:([^@]*)@)?(\[[0-9a-f:.]+(?:%25[^\]]+)?\]|[^:[\]@]*)(?::(\d+))?$/i.exec(authority);
  if (match === null)
    throw new TypeError(
      `"${authority}" in "${text}" is not [user@]host[:port] (an IPv6 address in brackets)`,
    );
  const [, user, bracketed = '', digits] = match;
  const host = decodeText(bracketed.replace(/^\[|\]$/g, ''));
  const port = Number(digits ?? 0);
  if (host === '' && port !== 0) throw new TypeError(`"${text}" has a port and no host`);
  if (port > 65_535) throw new TypeError(`port ${port} in "${text}" is larger than 65535`);
  return {
    user: user === undefined || user === '' ? null : decodeText(user),
    host: host === '' ? null : host,
    port: port === 0 ? null : port,
  };
}

const KNOWN = new Set([
  ...['name', 'socket', 'mode', 'auth', 'authfile', 'no_verify', 'no_sanity', 'pkipath', 'tls_priority'],
  ...['command', 'proxy', 'netcat', 'keyfile', 'known_hosts', 'known_hosts_verify'],
  // We never ask on a terminal and never use ssh as a library.
  ...['no_tty', 'sshauth'],
]);

type Reading = {
  readonly options: UriOptions;
  readonly name: string | undefined;
  readonly rest: readonly Parameter[];
};

/** Names are read without regard to case, and of two that are the same the last one counts, as in libvirt. */
function readOptions(parameters: readonly Parameter[], text: string): Reading {
  const given = new Map<string, string>();
  const rest: Parameter[] = [];
  for (const parameter of parameters) {
    const key = parameter.name.toLowerCase();
    if (KNOWN.has(key)) given.set(key, Buffer.from(parameter.value, 'latin1').toString('utf8'));
    else rest.push(parameter);
  }
  return { options: readKnown(given, text), name: given.get('name'), rest };
}

function readKnown(given: ReadonlyMap<string, string>, text: string): UriOptions {
  const word = (key: string): string | undefined => {
    const value = given.get(key);
    if (value === '') throw new TypeError(`${key}= in "${text}" has no value`);
    return value;
  };
  const flag = (key: string): boolean => {
    const value = given.get(key) ?? '0';
    if (!/^[+-]?\d+$/.test(value)) throw new TypeError(`${key}=${value} in "${text}" is not 0 or 1`);
    return Number(value) !== 0;
  };
  const oneOf = <const T extends string>(key: string, words: readonly T[]): T | undefined => {
    const value = given.get(key);
    const found = words.find((each) => each === value);
    if (value !== undefined && found === undefined)
      throw new TypeError(`${key}=${value} in "${text}" is not one of ${words.join(', ')}`);
    return found;
  };
  const options: UriOptions = {
    socket: word('socket'),
    mode: oneOf('mode', ['auto', 'direct', 'legacy']) ?? 'auto',
    auth: word('auth'),
    authfile: word('authfile'),
    verify: !flag('no_verify'),
    sanity: !flag('no_sanity'),
    pkipath: word('pkipath'),
    tlsPriority: word('tls_priority'),
    command: word('command'),
    proxy: oneOf('proxy', ['auto', 'netcat', 'native']) ?? 'auto',
    netcat: word('netcat'),
    keyfile: word('keyfile'),
    knownHosts: word('known_hosts'),
    knownHostsVerify: oneOf('known_hosts_verify', ['normal', 'auto', 'ignore']),
  };
  if (options.proxy === 'native' && options.netcat !== undefined)
    throw new TypeError(`netcat= in "${text}" contradicts proxy=native`);
  return options;
}

/** `remote:` leaves the choice of the hypervisor to the daemon. */
function nameFor(
  driver: string,
  path: string,
  rest: readonly Parameter[],
  fragment: string | undefined,
): string {
  if (driver === 'remote') return '';
  const query = rest.map(({ name, value }) => `${name}=${encodeValue(value)}`).join('&');
  return [
    `${driver}://${encodePath(path)}`,
    query === '' ? '' : `?${query}`,
    fragment === undefined ? '' : `#${fragment}`,
  ].join('');
}
