import { LibvirtTransportError } from '../errors.js';
import type { LibvirtUri } from '../uri.js';
import { daemonSockets } from './unix.js';

/** One word for a POSIX shell, whatever is in it. */
const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** ssh expands %h and its like in file names, and splits them at blanks. */
const literal = (path: string): string => path.replaceAll('%', '%%');

/** The arguments of ssh that carry us to the daemon's socket on the far side; nothing in them may ask anybody anything. */
export function sshArguments(
  uri: LibvirtUri,
  options: { readonly timeoutMs: number; readonly readOnly: boolean },
): readonly string[] {
  const { keyfile, knownHosts } = uri.options;
  const setting = (text: string): readonly string[] => ['-o', text];
  const hostKeys = hostKeyPolicy(uri);
  return [
    ...['-T', '-e', 'none'],
    ...setting('BatchMode=yes'),
    ...setting(`ConnectTimeout=${Math.max(1, Math.ceil(options.timeoutMs / 1000))}`),
    ...setting('ServerAliveInterval=15'),
    ...(hostKeys === undefined ? [] : setting(`StrictHostKeyChecking=${hostKeys}`)),
    ...(knownHosts === undefined ? [] : setting(`UserKnownHostsFile="${literal(knownHosts)}"`)),
    ...(keyfile === undefined ? [] : ['-i', literal(keyfile)]),
    ...(uri.port === null ? [] : ['-p', String(uri.port)]),
    ...(uri.user === null ? [] : ['-l', uri.user]),
    ...['--', uri.host ?? 'localhost', `sh -c ${quote(farScript(uri, options.readOnly))}`],
  ];
}

/** What ssh's own configuration says, unless the URI says more. */
function hostKeyPolicy({ options }: LibvirtUri): string | undefined {
  if (!options.verify || options.knownHostsVerify === 'ignore') return 'no';
  return options.knownHostsVerify === 'auto' ? 'accept-new' : undefined;
}

/**
 * What runs on the far side: libvirt's helper, which knows best where its daemon listens, else netcat on the socket. A socket
 * or a mode that the URI names goes by netcat: helpers before libvirt 9.1 would pass over it and take the default.
 *
 * @throws LibvirtTransportError `refused` for parameters that exclude each other
 */
export function farScript(uri: LibvirtUri, readOnly: boolean): string {
  const { proxy, netcat, socket, mode } = uri.options;
  const helper = `virt-ssh-helper ${readOnly ? '-r ' : ''}${quote(uri.name)}`;
  const exact = socket !== undefined || mode !== 'auto';
  if (proxy === 'native' && exact)
    throw new LibvirtTransportError(
      'refused',
      'proxy=native cannot be told a socket or mode (helpers before libvirt 9.1 pass over them): use proxy=netcat',
    );
  if (proxy === 'native') return `exec ${helper}`;
  const byNetcat = netcatScript(netcat ?? 'nc', farSocket(uri, readOnly));
  if (proxy === 'netcat' || netcat !== undefined || exact) return byNetcat;
  return `if command -v virt-ssh-helper >/dev/null 2>&1; then exec ${helper}; fi; ${byNetcat}`;
}

/** Shell that sets $s. A user's own daemon has its sockets where only the far side knows; root has only the machine's. */
function farSocket(uri: LibvirtUri, readOnly: boolean): string {
  const { socket, mode } = uri.options;
  if (socket !== undefined) return `s=${quote(socket)}`;
  const choose = (session: boolean): string => {
    const { direct, legacy } = daemonSockets({
      driver: uri.driver,
      session,
      readOnly,
      runtimeDir: '$d',
    });
    if (mode !== 'auto') return `s="${mode === 'direct' ? direct : legacy}"`;
    return `s="${direct}"; [ -S "$s" ] || s="${legacy}"`;
  };
  if (uri.path !== '/session') return choose(false);
  return `d="\${XDG_RUNTIME_DIR:-\${XDG_CACHE_HOME:-$HOME/.cache}}"; if [ "$(id -u)" = 0 ]; then ${choose(false)}; else ${choose(true)}; fi`;
}

/** Debian's netcat must be told (-q0) to end with its input; others would not know the word. */
function netcatScript(netcat: string, socket: string): string {
  const nc = quote(netcat);
  return [
    `command -v ${nc} >/dev/null 2>&1 || { echo ${quote(`${netcat} is not installed here, nor virt-ssh-helper`)} >&2; exit 127; }`,
    socket,
    `if ${nc} -q 2>&1 | grep "requires an argument" >/dev/null 2>&1; then q=-q0; else q=; fi`,
    `exec ${nc} $q -U "$s"`,
  ].join('; ');
}
