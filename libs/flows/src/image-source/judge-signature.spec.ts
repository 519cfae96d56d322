import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Digest, ImageSignature } from '@diecast/model';
import { judgeSignature } from './judge-signature.js';

const release = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const digest: Digest = `sha256:${'a'.repeat(64)}`;
const other: Digest = `sha256:${'b'.repeat(64)}`;
const keys = [{ id: 'release', publicKey: release.publicKey }];

const signed = (what: string, by = release, keyId = 'release'): ImageSignature => ({
  keyId,
  algorithm: 'ed25519',
  signature: sign(null, Buffer.from(what), by.privateKey).toString('base64'),
});
const worthless: readonly ImageSignature[] = [
  signed(other),
  signed('a'.repeat(64)),
  signed(digest, stranger),
  signed(digest, release, 'unknown'),
];

describe('a signature over the digest of a manifest', () => {
  it('is verified when a configured key made it for this digest, under either policy that looks', () => {
    for (const signatures of ['require', 'warn'] as const)
      expect(judgeSignature(digest, signed(digest), { keys, signatures })).toBe('verified');
    expect(judgeSignature(digest, signed(digest), { keys, signatures: 'off' })).toBe('unverified');
  });

  it('is required, and must hold, under "require" (SPEC-IMG-3)', () => {
    const rules = { keys, signatures: 'require' } as const;
    expect(() => judgeSignature(digest, null, rules)).toThrow(
      expect.objectContaining({ code: 'signature_required' }),
    );
    for (const signature of worthless)
      expect(() => judgeSignature(digest, signature, rules)).toThrow(
        expect.objectContaining({ code: 'signature_invalid' }),
      );
  });

  it('is only marked under "warn", and not looked at under "off"', () => {
    for (const signatures of ['warn', 'off'] as const) {
      expect(judgeSignature(digest, null, { keys, signatures })).toBe('unsigned');
      for (const signature of worthless)
        expect(judgeSignature(digest, signature, { keys, signatures })).toBe('unverified');
    }
  });

  it('is worth nothing after any one bit of it was changed', () => {
    const good = Buffer.from(signed(digest).signature, 'base64');
    fc.assert(
      fc.property(fc.nat(good.length * 8 - 1), (bit) => {
        const bad = Buffer.from(good);
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const signature = { ...signed(digest), signature: bad.toString('base64') };
        expect(judgeSignature(digest, signature, { keys, signatures: 'warn' })).toBe('unverified');
      }),
    );
  });
});
