import type { Duplex } from 'node:stream';
import type { LibvirtUri } from '../uri.js';
import { withinDeadline, type DialOptions } from './established.js';
import { dialSsh } from './ssh.js';
import { dialTcp, dialTls } from './tls.js';
import { dialUnix } from './unix.js';

export type { DialOptions };

/**
 * A byte stream to the daemon named by the URI, ready for the first packet. What it emits as 'data' is good until the
 * listener returns. Whatever the reason for failing, nothing is left open. An ssh that does not get in says so at the first
 * read or write.
 *
 * @throws LibvirtTransportError `unreachable` when nobody answers, also not in time; `refused` when somebody does and does
 * not want us or is not whom we want; the signal's reason when that aborts
 */
export async function dial(uri: LibvirtUri, options: DialOptions): Promise<Duplex> {
  const stream = await withinDeadline(whereOf(uri), options, (signal) => open(uri, options, signal));
  // Between here and the first listener of whoever uses it the stream may break; that must not end the process.
  stream.on('error', () => undefined);
  return stream;
}

/** The daemon, for messages to people. */
export const whereOf = (uri: LibvirtUri): string =>
  uri.host ?? uri.options.socket ?? `the socket of ${uri.name}`;

function open(uri: LibvirtUri, options: DialOptions, signal: AbortSignal): Promise<Duplex> {
  switch (uri.transport) {
    case 'unix':
      return dialUnix(uri, options, signal);
    case 'tcp':
      return dialTcp(uri, signal);
    case 'tls':
      return dialTls(uri, signal);
    case 'ssh':
      return dialSsh(uri, options, signal);
  }
}
