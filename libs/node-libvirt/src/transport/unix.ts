import { access } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LibvirtUri } from '../uri.js';
import { established, type DialOptions } from './established.js';
import { explainUnix } from './failure.js';
import { connectPlain } from './plain-socket.js';

export type SocketQuestion = {
  readonly driver: string;
  /** The daemon of this user instead of the machine's. */
  readonly session: boolean;
  readonly readOnly: boolean;
  /** Where this user's daemon keeps its sockets. */
  readonly runtimeDir: string;
};

/** Where the daemon of one driver listens, and where libvirtd does. A session's daemon has no socket for readers. */
export function daemonSockets(question: SocketQuestion): {
  readonly direct: string;
  readonly legacy: string;
} {
  const path = (daemon: string): string =>
    question.session
      ? join(question.runtimeDir, 'libvirt', `${daemon}-sock`)
      : `/var/run/libvirt/${daemon}-sock${question.readOnly ? '-ro' : ''}`;
  const legacy = path('libvirt');
  // Without a driver there is no daemon of its own; virtproxyd then listens where libvirtd would.
  return { direct: question.driver === 'remote' ? legacy : path(`virt${question.driver}d`), legacy };
}

/**
 * The user's own daemon is meant by /session and, for its test driver, by any path. Root has only the machine's: so it is in
 * libvirt's client.
 */
export const isSession = (uri: Pick<LibvirtUri, 'path' | 'driver'>, root: boolean): boolean =>
  !root && (uri.path === '/session' || uri.driver === 'test');

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function chooseSocket(uri: LibvirtUri, readOnly: boolean): Promise<string> {
  const { socket, mode } = uri.options;
  if (socket !== undefined) return socket;
  const { direct, legacy } = daemonSockets({
    driver: uri.driver,
    session: isSession(uri, process.geteuid?.() === 0),
    readOnly,
    runtimeDir: process.env['XDG_RUNTIME_DIR'] ?? process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  });
  if (mode === 'auto') return (await exists(direct)) ? direct : legacy;
  return mode === 'direct' ? direct : legacy;
}

/** Unlike libvirt's client we never start a daemon: who wants a session's has it run. */
export async function dialUnix(uri: LibvirtUri, options: DialOptions, signal: AbortSignal): Promise<Socket> {
  const path = await chooseSocket(uri, options.readOnly === true);
  return established(connectPlain({ path }), 'connect', signal, (error) => explainUnix(path, error));
}
