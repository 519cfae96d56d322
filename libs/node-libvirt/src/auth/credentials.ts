import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LibvirtTransportError } from '../errors.js';
import { errorCode } from '../transport/failure.js';

export type Credentials = { readonly user: string; readonly password: string };

/** Asked only when the daemon wants a user and a password; undefined when none are known. */
export type CredentialSource = () => Promise<Credentials | undefined>;

/**
 * libvirt's own file of credentials (https://libvirt.org/auth.html#client-configuration), looked for where libvirt's client
 * does: $LIBVIRT_AUTH_FILE, `authfile=` of the URI, the user's, the machine's.
 */
export function credentialsOnFile(
  host: string,
  authfile: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): CredentialSource {
  const named = environment['LIBVIRT_AUTH_FILE'] ?? authfile;
  const config = environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? homedir(), '.config');
  const places =
    named === undefined ? [join(config, 'libvirt', 'auth.conf'), '/etc/libvirt/auth.conf'] : [named];
  return async () => {
    for (const path of places) {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (named === undefined && ['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error)))
          return undefined;
        throw new LibvirtTransportError('refused', `cannot read the credentials: ${String(error)}`, error);
      });
      if (text !== undefined) return findCredentials(text, host, path);
    }
    return undefined;
  };
}

/**
 * `[auth-libvirt-HOST]`, else `[auth-libvirt-default]`, names a set `[credentials-NAME]`.
 *
 * @throws LibvirtTransportError `refused` for a file that contradicts itself
 */
export function findCredentials(text: string, host: string, path: string): Credentials | undefined {
  const groups = readGroups(text);
  const group = [`auth-libvirt-${host}`, 'auth-libvirt-default'].find((name) => groups.has(name));
  if (group === undefined) return undefined;
  const broken = (what: string): LibvirtTransportError =>
    new LibvirtTransportError('refused', `${path}: ${what}`);
  const set = groups.get(group)?.get('credentials');
  if (set === undefined) throw broken(`[${group}] does not say credentials=`);
  const found = groups.get(`credentials-${set}`);
  if (found === undefined) throw broken(`[${group}] names [credentials-${set}], which is not there`);
  const user = found.get('authname') ?? found.get('username');
  const password = found.get('password');
  if (user === undefined || password === undefined)
    throw broken(`[credentials-${set}] does not have both authname and password`);
  return { user, password };
}

function readGroups(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const groups = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const group = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (group !== undefined) {
      current = groups.get(group) ?? new Map<string, string>();
      groups.set(group, current);
      continue;
    }
    const [, key, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current.set(key, value);
  }
  return groups;
}
