import { LibvirtTransportError, type TransportFailure } from '../errors.js';

/** A name with several addresses fails once for each; the last is as good as any. */
const lastOf = (error: unknown): unknown => (error instanceof AggregateError ? error.errors.at(-1) : error);

/** The code that Node gives an error of the system, of DNS or of TLS. */
export function errorCode(error: unknown): string {
  const last = lastOf(error);
  return typeof last === 'object' && last !== null && 'code' in last ? String(last.code) : '';
}

function message(error: unknown): string {
  const last = lastOf(error);
  return last instanceof Error ? last.message : String(last);
}

type Explanation = readonly [TransportFailure, string];

const NETWORK: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: ['unreachable', 'nothing listens there'],
  ENOTFOUND: ['unreachable', 'no such host name'],
  EAI_AGAIN: ['unreachable', 'the name server does not answer'],
  EHOSTUNREACH: ['unreachable', 'no route to the host'],
  ENETUNREACH: ['unreachable', 'no route to its network'],
  ETIMEDOUT: ['unreachable', 'the host does not answer'],
  ECONNRESET: ['unreachable', 'the peer broke the connection off'],
  EADDRNOTAVAIL: ['unreachable', 'this machine has no address to reach it from'],
};

const UNIX: Readonly<Record<string, Explanation>> = {
  ENOENT: ['unreachable', 'there is no such socket: libvirt does not run here, or socket= must name its own'],
  ECONNREFUSED: ['unreachable', 'the socket is there and nobody listens: the daemon has ended'],
  EACCES: ['refused', 'this user may not open the socket; members of its group may'],
  EPERM: ['refused', 'this user may not open the socket; members of its group may'],
  ENOTDIR: ['unreachable', 'a part of this path is not a folder'],
  ENAMETOOLONG: ['unreachable', 'the path is longer than a socket address can be'],
  EINVAL: ['unreachable', 'the path is longer than a socket address can be'],
  EAGAIN: ['unreachable', 'the daemon has more connections waiting than it takes'],
};

const CERTIFICATE_OF_THE_HOST: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the host's certificate has expired",
  CERT_NOT_YET_VALID: "the host's certificate is not valid yet: is a clock wrong?",
  CERT_REVOKED: "the host's certificate was revoked by its authority",
  UNABLE_TO_GET_CRL: 'cacrl.pem has no list of the authority that signed the certificate of the host',
  CRL_HAS_EXPIRED: 'the revocation list cacrl.pem has expired',
  INVALID_PURPOSE: "the host's certificate is not one for servers",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the certificate of the host was not signed by the authority in cacert.pem',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate of the host was not signed by the authority in cacert.pem',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the certificate of the host was not signed by the authority in cacert.pem',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate of the host was not signed by the authority in cacert.pem',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the host signed its certificate itself, not an authority in cacert.pem',
  CERT_SIGNATURE_FAILURE:
    'the certificate of the host names the authority in cacert.pem and was not signed with its key',
};

const explained = (table: Readonly<Record<string, Explanation>>, where: string, error: unknown): Error => {
  if (error instanceof LibvirtTransportError) return error;
  const [failure, why] = table[errorCode(error)] ?? ['unreachable', message(error)];
  return new LibvirtTransportError(failure, `${where}: ${why}`, error);
};

export const explainNetwork = (where: string, error: unknown): Error => explained(NETWORK, where, error);
export const explainUnix = (path: string, error: unknown): Error => explained(UNIX, path, error);

/** Why a TLS handshake failed, in terms of certificates where it was about them. */
export function explainHandshake(where: string, error: unknown): Error {
  if (error instanceof LibvirtTransportError && error.failure !== 'closed') return error;
  const code = errorCode(error);
  const why =
    CERTIFICATE_OF_THE_HOST[code] ??
    (code === 'ERR_TLS_CERT_ALTNAME_INVALID'
      ? `the host's certificate is for another name (${message(error)})`
      : code === 'ECONNRESET' || error instanceof LibvirtTransportError
        ? 'the peer ended the TLS handshake'
        : `the TLS handshake failed: ${message(error)}`);
  return new LibvirtTransportError('refused', `${where}: ${why}`, error);
}
