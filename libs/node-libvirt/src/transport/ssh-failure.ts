import { LibvirtTransportError, type TransportFailure } from '../errors.js';
import type { ProgramEnd } from './process-stream.js';

/** ssh's own failures all have this status; any other is that of the program on the far side. */
const SSH_ITSELF = 255;
const NOT_FOUND = 127;

/** OpenSSH has no codes for its failures, and its messages are in no language but English. */
const SSH_FAILURES: readonly (readonly [RegExp, TransportFailure, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    'refused',
    'its host key is not the one in known_hosts: another machine answers, or it was installed anew (then ssh-keygen -R)',
  ],
  [
    /Host key verification failed|host key is known for/i,
    'refused',
    'its host key is not in known_hosts: add it (ssh-keyscan), or say known_hosts= or known_hosts_verify=auto',
  ],
  [
    /Permission denied|Too many authentication failures|sign_and_send_pubkey/i,
    'refused',
    'it takes none of our keys for this user: authorize one, or say keyfile=; passwords are never asked for',
  ],
  [/Identity file .* not accessible|Load key/i, 'refused', 'the key file cannot be used'],
];

/** Why ssh ended, as an error; undefined when the far side just closed the connection. */
export function explainSsh(where: string, end: ProgramEnd): LibvirtTransportError | undefined {
  if (end.code === 0) return undefined;
  const said = end.stderr === '' ? '' : ` (${end.stderr.split('\n').slice(-6).join(' ').trim()})`;
  if (end.spoke)
    return new LibvirtTransportError(
      'closed',
      `${where}: the connection broke: ssh ended with ${end.code ?? end.signal}${said}`,
    );
  if (end.code === null)
    return new LibvirtTransportError('closed', `${where}: ssh was ended by ${end.signal}${said}`);
  if (end.code !== SSH_ITSELF)
    return new LibvirtTransportError(
      'unreachable',
      end.code === NOT_FOUND
        ? `${where}: neither virt-ssh-helper (of libvirt-daemon) nor netcat was found there${said}`
        : `${where}: ssh got in, but not to the daemon's socket; the far side ended with ${end.code}${said}`,
    );
  const [, failure, why] = SSH_FAILURES.find(([pattern]) => pattern.test(end.stderr)) ?? [
    undefined,
    'unreachable' as const,
    'ssh did not get there',
  ];
  return new LibvirtTransportError(failure, `${where}: ${why}${said}`);
}
