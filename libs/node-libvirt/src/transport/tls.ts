import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { LibvirtTransportError } from '../errors.js';
import type { LibvirtUri } from '../uri.js';
import { established } from './established.js';
import { explainHandshake, explainNetwork } from './failure.js';
import { readPki } from './pki.js';
import { connectPlain } from './plain-socket.js';
import { readTlsPriority } from './tls-priority.js';

/** libvirtd.conf's default ports. */
const PORT = { tcp: 16_509, tls: 16_514 } as const;
const WELCOME = 1;

/** `host:port` for people and for us. */
function addressOf(uri: LibvirtUri): {
  readonly host: string;
  readonly port: number;
  readonly where: string;
} {
  const host = uri.host ?? 'localhost';
  const port = uri.port ?? (uri.transport === 'tls' ? PORT.tls : PORT.tcp);
  return { host, port, where: `${isIP(host) === 6 ? `[${host}]` : host}:${port}` };
}

export const dialTcp = (uri: LibvirtUri, signal: AbortSignal): Promise<Socket> =>
  reach(uri, signal, connectPlain);

function reach(
  uri: LibvirtUri,
  signal: AbortSignal,
  connect: (options: TcpNetConnectOpts) => Socket,
): Promise<Socket> {
  const { host, port, where } = addressOf(uri);
  const socket = connect({ host, port, noDelay: true });
  return established(socket, 'connect', signal, (error) => explainNetwork(where, error));
}

export async function dialTls(uri: LibvirtUri, signal: AbortSignal): Promise<TLSSocket> {
  const { host, where } = addressOf(uri);
  const versions = readTlsPriority(uri.options.tlsPriority);
  const pki = await readPki(uri.options, Date.now());
  const raw = await reach(uri, signal, connectTcp);
  try {
    const secure = connectTls({
      ...pki,
      ...versions,
      socket: raw,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: uri.options.verify,
    });
    // The daemon may close at any time, also while nobody waits for anything.
    secure.on('error', () => undefined);
    await established(secure, 'secureConnect', signal, (error) => explainHandshake(where, error));
    const unwelcome = (error?: unknown): Error => explainVerdict(where, pki.cert !== undefined, error);
    if ((await readVerdict(secure, signal, unwelcome)) !== WELCOME) throw unwelcome();
    return secure;
  } catch (error) {
    raw.destroy();
    throw error;
  }
}

/**
 * After the handshake the daemon looks at our certificate and writes one byte: 1 means welcome. It is not part of any
 * packet, so exactly that byte is taken. A daemon that does not want us just closes.
 */
async function readVerdict(
  secure: TLSSocket,
  signal: AbortSignal,
  unwelcome: (error: unknown) => Error,
): Promise<number | undefined> {
  for (;;) {
    const byte = secure.read(1) as Buffer | null;
    if (byte !== null) return byte[0];
    await established(secure, 'readable', signal, unwelcome);
  }
}

const explainVerdict = (where: string, certificateShown: boolean, error: unknown): Error =>
  new LibvirtTransportError(
    'refused',
    certificateShown
      ? `${where} refused our client certificate: it does not know its authority, or tls_allowed_dn_list in its libvirtd.conf has no such name`
      : `${where} refused us, who have no client certificate to show`,
    error,
  );
