import { LibvirtTransportError } from '../errors.js';
import type { Credentials } from './credentials.js';
import type { Mechanism } from './mechanism.js';
import { Plain } from './plain.js';
import { Scram } from './scram.js';

/**
 * Who can listen: nobody else (a Unix socket, ssh, TLS with a checked certificate); whoever answered, as his certificate was
 * not checked; everybody on the way (plain TCP).
 */
export type Secrecy = 'private' | 'unverified' | 'open';

export type SpokenMechanism = {
  readonly name: 'SCRAM-SHA-256' | 'PLAIN';
  readonly create: (credentials: Credentials) => Mechanism;
};

/** The best first. */
const SPOKEN: readonly SpokenMechanism[] = [
  { name: 'SCRAM-SHA-256', create: (credentials) => new Scram('sha256', credentials) },
  { name: 'PLAIN', create: (credentials) => new Plain(credentials) },
];

type Situation = { readonly where: string; readonly secrecy: Secrecy; readonly wanted: string | undefined };

/**
 * The best mechanism that both sides speak, or the one that `auth=sasl.NAME` wants. PLAIN shows the password: to somebody
 * whose certificate was not checked only if it is wanted by name.
 *
 * @throws LibvirtTransportError `refused`, with what the daemon offers and what we speak
 */
export function chooseMechanism(offered: readonly string[], situation: Situation): SpokenMechanism {
  const { where, secrecy } = situation;
  const wanted = /^sasl\.(.+)$/i.exec(situation.wanted ?? '')?.[1]?.toUpperCase();
  const refused = (why: string): LibvirtTransportError =>
    new LibvirtTransportError(
      'refused',
      `${where} asks for SASL and offers ${offered.length === 0 ? 'no mechanism' : offered.join(', ')}; ${why}`,
    );
  if (secrecy === 'open')
    throw refused('over plain TCP that needs a mechanism that encrypts, and we speak none: use +tls or +ssh');
  const ours = SPOKEN.map(({ name }) => name).join(', ');
  const chosen = SPOKEN.find(
    ({ name }) => offered.some((each) => each.toUpperCase() === name) && (wanted ?? name) === name,
  );
  if (chosen === undefined)
    throw refused(
      wanted === undefined ? `we speak ${ours}` : `auth=sasl.${wanted} was wanted, and we speak ${ours}`,
    );
  if (chosen.name === 'PLAIN' && secrecy === 'unverified' && wanted !== 'PLAIN')
    throw refused(
      'with no_verify=1 PLAIN would give the password to whoever answers: leave it out, or say auth=sasl.plain too',
    );
  return chosen;
}
