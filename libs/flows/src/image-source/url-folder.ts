import type { IncomingMessage } from 'node:http';
import { AppError } from '@diecast/model';
import { connectTo, type Reach } from './fetch-hop.js';
import type { ImageFolder } from './image-folder.js';

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly (number | undefined)[] = [301, 302, 303, 307, 308];
const MISSING: readonly (number | undefined)[] = [404, 410];

const wrongUrl = (text: string, message: string): AppError =>
  new AppError('invalid', `The address ${text} of the image ${message}.`, {
    errors: [{ path: 'source.url', message }],
  });

/**
 * The address of a folder, with a slash at its end, so that names of files can be put behind it. A password in an address would
 * be stored with the operation and shown to everybody who may look at it.
 * @throws AppError `invalid`
 */
export function readFolderUrl(text: string): URL {
  if (!URL.canParse(text)) throw wrongUrl(JSON.stringify(text), 'must be a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw wrongUrl(url.href, 'must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') {
    url.username = url.password = '';
    throw wrongUrl(url.href, 'must have no user name and no password in it');
  }
  if (url.search !== '' || url.hash !== '')
    throw wrongUrl(url.href, 'must be that of a folder, without "?" and "#"');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** An image behind http or https. @throws AppError `invalid` */
export function openUrlFolder(text: string, reach: Reach): ImageFolder {
  const folder = readFolderUrl(text);
  return {
    where: folder.href,
    open: (name, signal) => get(new URL(name, folder), reach, signal),
  };
}

/** Follows redirects itself, because every one of them may lead where an import must not go. */
async function get(start: URL, reach: Reach, signal: AbortSignal): Promise<IncomingMessage | undefined> {
  let url = start;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const answer = await connectTo(url, reach, signal);
    if (answer.statusCode === 200) return answer;
    answer.destroy();
    if (MISSING.includes(answer.statusCode)) return undefined;
    const { location } = answer.headers;
    if (!REDIRECTS.includes(answer.statusCode) || location === undefined)
      throw new AppError('source_unreachable', `${url.href} answered with status ${answer.statusCode}.`);
    url = redirected(url, location);
  }
  throw new AppError(
    'source_unreachable',
    `${start.href} redirects more than ${MOST_REDIRECTS} times; give the address that it leads to.`,
    { retry: 'never' },
  );
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const refuse = (why: string): AppError =>
    new AppError('source_refused', `${from.href} redirects to ${to?.href ?? 'no URL'}, ${why}.`);
  if (to === undefined) throw refuse('which is none');
  if (to.protocol !== 'https:' && to.protocol !== 'http:') throw refuse('which is neither http nor https');
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse('which gives up the encryption');
  if (to.username !== '' || to.password !== '') {
    to.username = to.password = '';
    throw refuse('with a password');
  }
  return to;
}
