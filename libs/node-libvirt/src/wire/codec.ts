import { LibvirtTransportError } from '../errors.js';
import { XdrReader, XdrWriter } from './xdr.js';

/** How one value travels. A schema is built of codecs; the TypeScript types follow from it. */
export interface Codec<T> {
  write(writer: XdrWriter, value: T): void;
  read(reader: XdrReader): T;
}
export type Infer<C> = C extends Codec<infer T> ? T : never;

export const i32: Codec<number> = { write: (w, v) => w.int(v), read: (r) => r.int() };
export const u32: Codec<number> = { write: (w, v) => w.uint(v), read: (r) => r.uint() };
export const i64: Codec<bigint> = { write: (w, v) => w.hyper(v), read: (r) => r.hyper() };
export const u64: Codec<bigint> = { write: (w, v) => w.uhyper(v), read: (r) => r.uhyper() };
export const f64: Codec<number> = { write: (w, v) => w.double(v), read: (r) => r.double() };
export const bool: Codec<boolean> = { write: (w, v) => w.int(v ? 1 : 0), read: (r) => r.int() !== 0 };
export const text: Codec<string> = { write: (w, v) => w.string(v), read: (r) => r.string() };

/** 16 bytes on the wire, the usual text with dashes in TypeScript. */
export const uuid: Codec<string> = {
  write: (w, v) => {
    const digits = v.replaceAll('-', '');
    if (digits.length !== 32 || w.hex(digits) !== 16) throw new TypeError(`"${v}" is not a UUID`);
  },
  read: (r) => {
    const digits = r.hex(16);
    // Seven times as fast as a regular expression; a list of domains is mostly this.
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  },
};

export const opaque = (limit: number): Codec<Buffer> => ({
  write: (w, v) => w.opaque(v, limit),
  read: (r) => r.opaque(limit),
});

export const optional = <T>(inner: Codec<T>): Codec<T | null> => ({
  write: (w, v) => {
    w.int(v === null ? 0 : 1);
    if (v !== null) inner.write(w, v);
  },
  read: (r) => (r.int() === 0 ? null : inner.read(r)),
});

export const list = <T>(inner: Codec<T>, limit: number): Codec<readonly T[]> => ({
  write: (w, v) => {
    if (v.length > limit) throw new RangeError(`${v.length} items do not fit into a list of ${limit}`);
    w.uint(v.length);
    for (const item of v) inner.write(w, item);
  },
  read: (r) => {
    const items: T[] = [];
    for (let left = r.count(limit); left > 0; left -= 1) items.push(inner.read(r));
    return items;
  },
});

/** XDR char arrays of fixed length: four bytes a character on the wire, text up to the first NUL here. */
export const chars = (length: number): Codec<string> => ({
  write: (w, v) => {
    for (let index = 0; index < length; index += 1) w.int(index < v.length ? v.charCodeAt(index) : 0);
  },
  read: (r) => untilNul(Array.from({ length }, () => r.int())),
});

function untilNul(codes: readonly number[]): string {
  const bytes = Buffer.from(codes.map((code) => code & 0xff));
  const end = bytes.indexOf(0);
  return (end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
}

/** A variable number of XDR chars, as text up to the first NUL. */
export const charList = (limit: number): Codec<string> => {
  const codes = list(i32, limit);
  return {
    write: (w, v) => codes.write(w, [...Buffer.from(v, 'latin1')]),
    read: (r) => untilNul(codes.read(r)),
  };
};

/** Bytes that travel as XDR chars, four bytes for each: the data of SASL. */
export const wideBytes = (limit: number): Codec<Buffer> => {
  const codes = list(i32, limit);
  return {
    write: (w, v) => codes.write(w, [...v]),
    read: (r) => Buffer.from(codes.read(r).map((code) => code & 0xff)),
  };
};

export type Fields = Readonly<Record<string, Codec<unknown>>>;
export type StructOf<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };

export function struct<const F extends Fields>(fields: F): Codec<StructOf<F>> {
  const entries = Object.entries(fields);
  return {
    write: (w, value) => {
      for (const [name, codec] of entries) codec.write(w, (value as Record<string, unknown>)[name]);
    },
    // Five times as fast as Object.fromEntries: objects filled in the same order share a shape.
    read: (r) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.read(r);
      return value as StructOf<F>;
    },
  };
}

/** A value that a caller may leave out: this one travels then. */
export interface Defaulted<T> extends Codec<T> {
  readonly whenLeftOut: T;
}
const defaulted = <T>(codec: Codec<T>, whenLeftOut: T): Defaulted<T> => ({ ...codec, whenLeftOut });
export const maybe = <T>(inner: Codec<T>): Defaulted<T | null> => defaulted(optional(inner), null);
/** Bits of the constants that libvirt has for the call; none of them by default. */
export const flags: Defaulted<number> = defaulted(u32, 0);
const TYPED_PARAM_STRING_OKAY = 4;
/** Flags of a call that reads typed parameters: strings among them come only when asked for, so they always are. */
export const flagsWithStrings: Defaulted<number> = defaulted(
  { write: (w, v) => u32.write(w, v | TYPED_PARAM_STRING_OKAY), read: u32.read },
  0,
);
/** Whether a list shall come (by default), or only its length. */
export const needResults: Defaulted<boolean> = defaulted(bool, true);

type LeftOut<F extends Fields> = { [K in keyof F]: F[K] extends Defaulted<unknown> ? K : never }[keyof F];
export type ArgumentsOf<F extends Fields> = { readonly [K in Exclude<keyof F, LeftOut<F>>]: Infer<F[K]> } & {
  readonly [K in LeftOut<F>]?: Infer<F[K]>;
};

/** The fields of a call; those with a default may be missing from the value. */
export function callArguments<const F extends Fields>(fields: F): Codec<ArgumentsOf<F>> {
  const whole = struct(fields);
  const entries = Object.entries(fields).map(([name, codec]) => ({
    name,
    codec,
    whenLeftOut: 'whenLeftOut' in codec ? codec.whenLeftOut : undefined,
  }));
  return {
    write: (w, value) => {
      const given = value as Record<string, unknown>;
      for (const { name, codec, whenLeftOut } of entries) codec.write(w, given[name] ?? whenLeftOut);
    },
    read: (r) => whole.read(r),
  };
}

/** virTypedParameter: a name, a type and a value. 64-bit values are bigint only when they do not fit into a number. */
export type TypedValue = number | bigint | boolean | string;
export type TypedParam = { readonly field: string; readonly type: TypedType; readonly value: TypedValue };
export type TypedType = keyof typeof TYPES;

const TYPES = { int: 1, uint: 2, llong: 3, ullong: 4, double: 5, boolean: 6, string: 7 } as const;
const NAMES = Object.fromEntries(Object.entries(TYPES).map(([name, number]) => [number, name])) as Readonly<
  Record<number, TypedType>
>;

const small = (value: bigint): number | bigint =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;

const VALUES: Readonly<Record<TypedType, Codec<TypedValue>>> = {
  int: { write: (w, v) => w.int(Number(v)), read: (r) => r.int() },
  uint: { write: (w, v) => w.uint(Number(v)), read: (r) => r.uint() },
  llong: { write: (w, v) => w.hyper(BigInt(v)), read: (r) => small(r.hyper()) },
  ullong: { write: (w, v) => w.uhyper(BigInt(v)), read: (r) => small(r.uhyper()) },
  double: { write: (w, v) => w.double(Number(v)), read: (r) => r.double() },
  boolean: { write: (w, v) => w.int(v ? 1 : 0), read: (r) => r.int() !== 0 },
  string: { write: (w, v) => w.string(String(v)), read: (r) => r.string() },
};

const typedParam: Codec<TypedParam> = {
  write: (w, param) => {
    w.string(param.field);
    w.int(TYPES[param.type]);
    VALUES[param.type].write(w, param.value);
  },
  read: (r) => {
    const field = r.string();
    const number = r.int();
    const type = NAMES[number];
    if (type === undefined)
      throw new LibvirtTransportError(
        'protocol',
        `typed parameter "${field}" has the unknown type ${number}`,
      );
    return { field, type, value: VALUES[type].read(r) };
  },
};

export const typedParams = (limit: number): Codec<readonly TypedParam[]> => list(typedParam, limit);

/** @param reserved bytes that the caller will write before the value */
export function encode<T>(codec: Codec<T>, value: T, reserved = 0): Buffer {
  const writer = new XdrWriter(reserved);
  codec.write(writer, value);
  return writer.finish();
}

export const decode = <T>(codec: Codec<T>, bytes: Buffer): T => codec.read(new XdrReader(bytes));
