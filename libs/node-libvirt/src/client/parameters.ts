import type { TypedParam, TypedType, TypedValue } from '../wire/codec.js';

type Builder<V> = (field: string, value: V) => TypedParam;

const builder =
  (type: TypedType): Builder<TypedValue> =>
  (field, value) => ({ field, type, value });

/** Typed parameters, by the types that libvirt's documents give them: `typed.ullong('bandwidth', 32)`. */
export const typed: {
  readonly int: Builder<number>;
  readonly uint: Builder<number>;
  readonly llong: Builder<number | bigint>;
  readonly ullong: Builder<number | bigint>;
  readonly double: Builder<number>;
  readonly boolean: Builder<boolean>;
  readonly string: Builder<string>;
} = {
  int: builder('int'),
  uint: builder('uint'),
  llong: builder('llong'),
  ullong: builder('ullong'),
  double: builder('double'),
  boolean: builder('boolean'),
  string: builder('string'),
};

type Named = { readonly field: string; readonly value: TypedValue };

/** Values by their names; of a name that comes more than once, the last. */
export const byField = <P extends Named>(params: readonly P[]): Readonly<Record<string, P['value']>> =>
  Object.fromEntries(params.map(({ field, value }) => [field, value]));

type Counted<P> = { readonly params: readonly P[]; readonly nparams: number };

/**
 * All parameters of a call that wants to know beforehand how many there are, which it answers when asked for none:
 * `allOf((nparams) => host.domain.getMemoryParameters({ dom, nparams }))`.
 */
export async function allOf<P>(ask: (nparams: number) => Promise<Counted<P>>): Promise<readonly P[]> {
  const { nparams } = await ask(0);
  return nparams === 0 ? [] : (await ask(nparams)).params;
}
