import { UnreachableError } from '../errors.js';

/** `fetch` says by a TypeError that a request did not get there, or that its answer broke off. */
export const isTransportFailure = (error: unknown): error is TypeError => error instanceof TypeError;

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by itself; NODE_EXTRA_CA_CERTS names a file to trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by nobody we trust; NODE_EXTRA_CA_CERTS names a file to trust',
};

/** In words for people, without what the platform calls it. */
export function explain(url: string, error: TypeError): UnreachableError {
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const why = WORDS[code] ?? (code === '' ? cause.message : code);
  return new UnreachableError(`Diecast at ${url} does not answer: ${why}.`, [
    'Is it running, and is the address right? "diecast login URL" or DIECAST_URL says another one.',
  ]);
}
