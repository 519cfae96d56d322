import { AppError, type Principal, type Role } from '@diecast/model';
import { hashToken, makeToken } from '@diecast/platform';
import type { Store } from '@diecast/store';

export type NewToken = { readonly name: string; readonly role: Role; readonly token: string };

/** The token itself is told here and never again: the store keeps its hash. */
export async function createToken(store: Store, name: string, role: Role): Promise<NewToken> {
  const token = makeToken();
  await store.tokens.insert({ name, role, hash: hashToken(token) });
  return { name, role, token };
}

/** @throws AppError `conflict` for one's own: whoever locks the door must still hold a key */
export async function revokeToken(store: Store, name: string, by: Principal): Promise<void> {
  if (name === by.name) {
    throw new AppError('conflict', `The token ${name} asks for its own end; revoke it with another one.`);
  }
  await store.tokens.revoke(name);
}
