import { createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';

export type SignatureKey = { readonly id: string; readonly publicKey: KeyObject };

/** DER prefix of an ed25519 SubjectPublicKeyInfo (RFC 8410); the 32 bytes of the key follow. */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Keys of a folder (file name without ending is the id) or of a list `id=base64,…`. Each is PEM, or base64 of the raw
 * 32 bytes or of the DER.
 * @throws Error with a sentence for a person
 */
export function readSignatureKeys(text: string): readonly SignatureKey[] {
  const keys = text.startsWith('/') ? keysOfFolder(text) : keysOfList(text);
  if (keys.length === 0) throw new Error(`names no key: ${text}`);
  const ids = new Set(keys.map((key) => key.id));
  if (ids.size < keys.length) throw new Error('has two keys with the same id');
  return keys;
}

function keysOfFolder(folder: string): readonly SignatureKey[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    throw new Error(`names a folder that cannot be read: ${folder}`);
  }
  return names
    .filter((name) => !name.startsWith('.'))
    .map((name) => parseKey(parse(name).name, readFileSync(join(folder, name), 'utf8')));
}

function keysOfList(text: string): readonly SignatureKey[] {
  return text.split(',').map((part) => {
    const equals = part.indexOf('=');
    if (equals < 1) throw new Error(`must be an absolute folder or a list id=base64,…; "${part}" is neither`);
    return parseKey(part.slice(0, equals).trim(), part.slice(equals + 1));
  });
}

function parseKey(id: string, text: string): SignatureKey {
  try {
    const publicKey = text.includes('-----BEGIN') ? createPublicKey(text) : fromBase64(text);
    if (publicKey.asymmetricKeyType === 'ed25519') return { id, publicKey };
  } catch {
    // The sentence below says it for every way of being wrong.
  }
  throw new Error(`has a key "${id}" that is not an ed25519 public key in PEM or base64`);
}

function fromBase64(text: string): KeyObject {
  const bytes = Buffer.from(text.trim(), 'base64');
  const key = bytes.length === 32 ? Buffer.concat([ED25519_PREFIX, bytes]) : bytes;
  return createPublicKey({ key, format: 'der', type: 'spki' });
}
