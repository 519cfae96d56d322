import { createHash, randomBytes } from 'node:crypto';
import { AppError, roleCovers, type Principal, type Role } from '@diecast/model';
import type { Store } from '@diecast/store';
import type { Config } from '../config/config.js';

/** What the store keeps instead of the token. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export const makeToken = (): string => `diecast_${randomBytes(32).toString('base64url')}`;

/** @throws AppError `unauthenticated` */
export async function authenticate(store: Store, token: string | undefined): Promise<Principal> {
  if (token === undefined || token === '') {
    throw new AppError('unauthenticated', 'The request carries no bearer token.');
  }
  const principal = await store.tokens.findByHash(hashToken(token));
  if (principal) return principal;
  throw new AppError('unauthenticated', 'The bearer token is not known or was revoked.');
}

/** @throws AppError `forbidden` */
export function authorise(principal: Principal, needed: Role): void {
  if (roleCovers(principal.role, needed)) return;
  throw new AppError(
    'forbidden',
    `This needs the role ${needed}; the token ${principal.name} has the role ${principal.role}.`,
  );
}

/** Of `Authorization: Bearer TOKEN`. */
export const bearerOf = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];

/** Of `Authorization: Basic …`: the password, whatever the user is called. For pages that a browser opens. */
export function basicPasswordOf(header: string | undefined): string | undefined {
  const encoded = /^Basic +(\S+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(colon + 1);
}

/**
 * While there is no token at all: takes DIECAST_ADMIN_TOKEN, or makes one.
 * @returns the text to print once, with the token in it; null when there is nothing to tell
 */
export function ensureAdminToken(store: Store, config: Pick<Config, 'adminToken'>): Promise<string | null> {
  // Several programs of a cluster start at once, and only one of them may make it.
  return store.exclusively('admin-token', async () => {
    if ((await store.tokens.count()) > 0) return null;
    const token = config.adminToken ?? makeToken();
    await insertAdmin(store, hashToken(token));
    if (config.adminToken !== null) return null;
    return `The first admin token, shown only this once:\n\n    ${token}\n`;
  });
}

async function insertAdmin(store: Store, hash: string): Promise<void> {
  try {
    await store.tokens.insert({ name: 'admin', role: 'admin', hash });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'already_exists')) throw error;
    // An earlier "admin" was revoked; its name stays taken by history.
    await store.tokens.insert({ name: `admin-${randomBytes(4).toString('hex')}`, role: 'admin', hash });
  }
}
