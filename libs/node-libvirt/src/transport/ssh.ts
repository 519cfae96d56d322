import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { LibvirtTransportError } from '../errors.js';
import type { LibvirtUri } from '../uri.js';
import { established, type DialOptions } from './established.js';
import { errorCode } from './failure.js';
import { ProcessStream } from './process-stream.js';
import { sshArguments } from './ssh-command.js';
import { explainSsh } from './ssh-failure.js';

/**
 * The system's ssh, so that agents, jump hosts and configuration work as the user has them; it never asks for a password.
 * Resolves when ssh runs: whether it got in shows at the first answer, and if not, the stream fails with the reason.
 */
export async function dialSsh(uri: LibvirtUri, options: DialOptions, signal: AbortSignal): Promise<Duplex> {
  const command = uri.options.command ?? 'ssh';
  const where = `ssh ${uri.user === null ? '' : `${uri.user}@`}${uri.host ?? 'localhost'}`;
  const args = sshArguments(uri, { timeoutMs: options.timeoutMs, readOnly: options.readOnly === true });
  const stream = new ProcessStream(spawn(command, args), (end) => explainSsh(where, end));
  return established(stream, 'connect', signal, (error) => {
    const why = errorCode(error) === 'ENOENT' ? 'is not installed' : String(error);
    return new LibvirtTransportError('unreachable', `${where}: the program "${command}" ${why}`, error);
  });
}
