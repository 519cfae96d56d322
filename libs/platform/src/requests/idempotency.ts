import { createHash } from 'node:crypto';
import { AppError, canonicalJson, type Json } from '@diecast/model';
import type { Store } from '@diecast/store';

/** What a mutation answers; kept under the Idempotency-Key when there is one. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
};

export type MutationRequest = {
  /** Of the header Idempotency-Key; undefined: every request is a new one. */
  readonly key: string | undefined;
  readonly principal: string;
  readonly method: string;
  /** Without the query: how long to wait does not make it another request. */
  readonly path: string;
  readonly body: unknown;
};

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Runs the work in one transaction, together with the key: both are there or neither. The same request again gets the
 * first one's answer, also when the two arrive at once.
 * @throws AppError `idempotency_mismatch`, `invalid` for a key that is none, and whatever the work throws
 */
export async function onceByKey(
  store: Store,
  request: MutationRequest,
  work: (store: Store) => Promise<Answer>,
): Promise<Answer & { readonly replayed: boolean }> {
  const { key, principal } = request;
  if (key === undefined) return { ...(await store.transaction(work)), replayed: false };
  if (!KEY.test(key)) {
    throw new AppError(
      'invalid',
      'The Idempotency-Key must be 1 to 255 printable characters without spaces.',
      {
        errors: [
          { path: 'Idempotency-Key', message: 'must be 1 to 255 printable characters without spaces' },
        ],
      },
    );
  }
  return store.transaction(async (inside) => {
    const earlier = await inside.idempotency.begin(key, principal, hashOf(request));
    if (earlier) return { ...earlier, replayed: true };
    const answer = await work(inside);
    await inside.idempotency.complete(key, principal, answer);
    return { ...answer, replayed: false };
  });
}

const hashOf = ({ method, path, body }: MutationRequest): string =>
  createHash('sha256')
    .update(canonicalJson({ method, path, body: body ?? null }))
    .digest('hex');
