import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { LibvirtTransportError } from '../errors.js';
import type { LibvirtUri } from '../uri.js';

/** libvirtd.conf's default ports. */
const PORT = { tcp: 16509, tls: 16514 } as const;

export type DialOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal };

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EACCES',
  'ECONNRESET',
  'EPIPE',
]);

function wrap(error: unknown, where: string): LibvirtTransportError {
  if (error instanceof LibvirtTransportError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : String(error);
  return new LibvirtTransportError(
    UNREACHABLE.has(code) ? 'unreachable' : 'refused',
    `${where}: ${text}`,
    error,
  );
}

/** A byte stream to the daemon named by the URI, ready for the first packet. */
export async function dial(uri: LibvirtUri, options: DialOptions): Promise<Duplex> {
  const where = `${uri.transport} ${uri.host ?? uri.parameters['socket'] ?? 'local socket'}`;
  try {
    switch (uri.transport) {
      case 'unix':
        return await dialUnix(uri, options);
      case 'tcp':
        return await established(
          connectTcp({ host: uri.host ?? '', port: uri.port ?? PORT.tcp, noDelay: true }),
          'connect',
          options,
        );
      case 'tls':
        return await dialTls(uri, options);
      case 'ssh':
        return dialSsh(uri);
    }
  } catch (error) {
    throw wrap(error, where);
  }
}

/** Waits for the event that says the socket is usable, bounded by the time-out and the signal. */
function established<S extends Socket>(socket: S, event: string, options: DialOptions): Promise<S> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      socket.off('error', onError);
      options.signal?.removeEventListener('abort', onAbort);
      act();
    };
    const fail = (error: Error): void =>
      finish(() => {
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      });
    const onError = (error: Error): void => fail(error);
    const onAbort = (): void =>
      fail(options.signal?.reason instanceof Error ? options.signal.reason : new Error('aborted'));
    const timer = setTimeout(
      () => fail(new LibvirtTransportError('unreachable', `no answer within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    socket.once('error', onError);
    socket.once(event, () => finish(() => resolve(socket)));
    options.signal?.addEventListener('abort', onAbort, { once: true });
  });
}

async function dialUnix(uri: LibvirtUri, options: DialOptions): Promise<Socket> {
  const given = uri.parameters['socket'];
  const paths = given === undefined ? ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'] : [given];
  let last: unknown;
  for (const path of paths) {
    try {
      return await established(connectTcp({ path }), 'connect', options);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function readPki(
  uri: LibvirtUri,
): Promise<{ readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer }> {
  const folder = uri.parameters['pkipath'];
  const [ca, cert, key] =
    folder === undefined
      ? [
          '/etc/pki/CA/cacert.pem',
          '/etc/pki/libvirt/clientcert.pem',
          '/etc/pki/libvirt/private/clientkey.pem',
        ]
      : [join(folder, 'cacert.pem'), join(folder, 'clientcert.pem'), join(folder, 'clientkey.pem')];
  try {
    return { ca: await readFile(ca), cert: await readFile(cert), key: await readFile(key) };
  } catch (error) {
    throw new LibvirtTransportError(
      'refused',
      `cannot read the TLS client certificate: ${String(error)}`,
      error,
    );
  }
}

async function dialTls(uri: LibvirtUri, options: DialOptions): Promise<Duplex> {
  const pki = await readPki(uri);
  const host = uri.host ?? '';
  const raw = await established(
    connectTcp({ host, port: uri.port ?? PORT.tls, noDelay: true }),
    'connect',
    options,
  );
  const secure = connectTls({
    ...pki,
    socket: raw,
    host,
    rejectUnauthorized: uri.parameters['no_verify'] !== '1',
  });
  await established(secure, 'secureConnect', options).catch((error: unknown) => {
    throw new LibvirtTransportError(
      'refused',
      `TLS handshake with ${host}: ${error instanceof Error ? error.message : ''}`,
      error,
    );
  });
  await readVerdict(secure, host, options);
  return secure;
}

/**
 * After the handshake the daemon looks at our certificate and writes one byte: 1 means welcome. It is not part of any
 * packet (virNetServerClientCheckAccess in libvirt).
 */
async function readVerdict(socket: Socket, host: string, options: DialOptions): Promise<void> {
  const refused = (): LibvirtTransportError =>
    new LibvirtTransportError('refused', `${host} refused our client certificate`);
  const ended = new Promise<never>((_, reject) => {
    socket.once('end', () => reject(refused()));
    socket.once('error', () => reject(refused()));
    socket.once('close', () => reject(refused()));
  });
  ended.catch(() => undefined);
  while (socket.readableLength === 0) await Promise.race([established(socket, 'readable', options), ended]);
  const byte = socket.read(1) as Buffer | null;
  if (byte?.[0] !== 1) {
    socket.destroy();
    throw refused();
  }
}

/** The system's ssh, so that agents, jump hosts and configuration work as the user has them; it never asks for a password. */
function dialSsh(uri: LibvirtUri): Duplex {
  const { keyfile, known_hosts: knownHosts, command = 'ssh', socket } = uri.parameters;
  const local = socket ?? '/run/libvirt/libvirt-sock';
  const quoted = `'${local.replaceAll("'", `'\\''`)}'`;
  const netcat = `nc -U ${quoted}`;
  const far =
    socket === undefined
      ? `if command -v virt-ssh-helper >/dev/null; then virt-ssh-helper '${uri.name}'; else ${netcat}; fi`
      : netcat;
  const args = [
    ...['-T', '-e', 'none', '-o', 'BatchMode=yes', '-o', 'ServerAliveInterval=15'],
    ...(keyfile === undefined ? [] : ['-i', keyfile]),
    ...(knownHosts === undefined ? [] : ['-o', `UserKnownHostsFile=${knownHosts}`]),
    ...(uri.parameters['no_verify'] === '1' ? ['-o', 'StrictHostKeyChecking=no'] : []),
    ...(uri.port === null ? [] : ['-p', String(uri.port)]),
    ...(uri.user === null ? [] : ['-l', uri.user]),
    ...['--', uri.host ?? '', `sh -c "${far.replaceAll('"', '\\"')}"`],
  ];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.length < 16 && complaints.push(chunk));
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (error) => stream.destroy(error));
  child.on('exit', (code) => {
    const why = Buffer.concat(complaints).toString().trim();
    stream.destroy(
      code === 0 ? undefined : new LibvirtTransportError('unreachable', `ssh ended with ${code}: ${why}`),
    );
  });
  stream.on('close', () => child.kill());
  return stream;
}
