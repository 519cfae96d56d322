import { verify } from 'node:crypto';
import { AppError, type Digest, type Image, type ImageSignature } from '@diecast/model';
import type { ImageRules } from '../services.js';

/**
 * What a signature is worth here. Signed are the bytes of the text `sha256:…`, the digest of the manifest, which names every
 * blob by its own digest.
 * @throws AppError `signature_required`, `signature_invalid` under the policy `require`
 */
export function judgeSignature(
  digest: Digest,
  signature: ImageSignature | null,
  rules: Pick<ImageRules, 'keys' | 'signatures'>,
): Image['signatureStatus'] {
  if (signature === null) {
    if (rules.signatures !== 'require') return 'unsigned';
    throw new AppError('signature_required', `Image ${digest} has no signature, and one is required.`);
  }
  if (rules.signatures === 'off') return 'unverified';
  const key = rules.keys.find(({ id }) => id === signature.keyId);
  const bytes = Buffer.from(signature.signature, 'base64');
  if (key !== undefined && verify(null, Buffer.from(digest), key.publicKey, bytes)) return 'verified';
  if (rules.signatures === 'warn') return 'unverified';
  const why =
    key === undefined
      ? `is by the key ${signature.keyId}, which is not configured`
      : `is not one of this digest by the key ${signature.keyId}`;
  throw new AppError('signature_invalid', `The signature of image ${digest} ${why}.`);
}
