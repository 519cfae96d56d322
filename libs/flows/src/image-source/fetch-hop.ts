import { lookup } from 'node:dns/promises';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getEncrypted } from 'node:https';
import { isIP } from 'node:net';
import { AppError } from '@diecast/model';
import { systemCode } from './image-folder.js';
import { specialRange } from './permitted-address.js';

/** For connecting, and for every pause within an answer. */
const SILENCE_MS = 30_000;

/** Where an import may go. */
export type Reach = {
  /** Also to private, loopback and link-local addresses. */
  readonly privateUrls: boolean;
  /** Addresses of a name; the system's resolver unless a test says otherwise. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
};

const resolveBySystem = async (name: string): Promise<readonly string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * Asks for a URL once, following nothing. A name is resolved here and now, and the connection goes to the very address that
 * was looked at: a name that means something else a moment later changes nothing.
 * @throws AppError `source_refused`, `source_unreachable`
 */
export async function connectTo(url: URL, reach: Reach, signal: AbortSignal): Promise<IncomingMessage> {
  // An IPv6 address stands in brackets.
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const address = await findAddress(name, reach);
  const options = {
    host: address,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
    headers: { host: url.host, 'accept-encoding': 'identity', 'user-agent': 'diecast' },
    agent: false as const,
    timeout: SILENCE_MS,
    signal,
    ...(isIP(name) === 0 ? { servername: name } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? getEncrypted : getPlain)(options, resolve);
    request.once('timeout', () => request.destroy(new Error(`silent for ${SILENCE_MS} ms`)));
    // Not once: a connection that breaks in the middle of the answer is told here too.
    request.on('error', (error) => reject(signal.aborted ? error : unreachable(url.href, error)));
  });
}

async function findAddress(name: string, { privateUrls, resolve = resolveBySystem }: Reach): Promise<string> {
  const addresses = await resolve(name).catch((error: unknown) => {
    throw unreachable(name, error);
  });
  const permitted = addresses.find((address) => privateUrls || specialRange(address) === undefined);
  if (permitted !== undefined) return permitted;
  const found = addresses.map((address) => `${address} (${specialRange(address)})`).join(', ');
  throw new AppError(
    'source_refused',
    `${name} is ${found || 'no address'}, and images come from public addresses only (DIECAST_IMAGE_PRIVATE_URLS).`,
  );
}

const unreachable = (what: string, cause: unknown): AppError =>
  new AppError('source_unreachable', `${what} cannot be reached (${systemCode(cause) ?? 'no answer'}).`, {
    cause,
  });
