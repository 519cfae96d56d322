import type { FieldError } from './errors.js';

/** What became of unknown data: the value in its type, or what is wrong with it, by field. */
export type Reading<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Reads unknown data as one type. `path` names the place within the whole: `boot.kernel.size`. */
export type Reader<T> = (value: unknown, path: string) => Reading<T>;

type Optional<T> = { readonly optional: Reader<T> };

/** A reader per member; the compiler sees to it that none is missing, and none is required that may be absent. */
type Fields<T> = {
  readonly [Key in keyof T]-?: undefined extends T[Key]
    ? Optional<Exclude<T[Key], undefined>>
    : Reader<T[Key]>;
};

const right = <T>(value: T): Reading<T> => ({ ok: true, value });
const wrong = (path: string, message: string): Reading<never> => ({ ok: false, errors: [{ path, message }] });

/** A member that may be absent. Null is not absent: it would be another text in canonical JSON. */
export const optional = <T>(reader: Reader<T>): Optional<T> => ({ optional: reader });

export const exactly =
  <T extends string | number>(...values: readonly T[]): Reader<T> =>
  (value, path) => {
    const found = values.find((each) => each === value);
    return found === undefined ? wrong(path, `must be ${values.join(' or ')}`) : right(found);
  };

/** @param rule goes on after "must be" */
export const text =
  <T extends string = string>(rule: string, holds: (value: string) => boolean): Reader<T> =>
  (value, path) =>
    typeof value === 'string' && holds(value) ? right(value as T) : wrong(path, `must be ${rule}`);

export const whole =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (value, path) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
      ? right(value)
      : wrong(path, `must be a whole number from ${least} to ${most}`);

export const flag: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? right(value) : wrong(path, 'must be true or false');

export const list =
  <T>(item: Reader<T>, most: number): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > most)
      return wrong(path, `must be an array of at most ${most} items`);
    return gather(value.map((each: unknown, index) => item(each, `${path}[${index}]`)));
  };

/** Members that are not among the fields are refused: what nobody reads must not seem to mean something. */
export const object =
  <T extends object>(fields: Fields<T>): Reader<T> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong(path === '' ? '.' : path, 'must be an object');
    const given = new Map<string, unknown>(Object.entries(value));
    const placeOf = (key: string): string => (path === '' ? key : `${path}.${key}`);
    const known = Object.entries<Reader<unknown> | Optional<unknown>>(fields);
    const strange = [...given.keys()].filter((key) => known.every(([name]) => name !== key));
    const members = known.map(([key, field]): Reading<readonly [string, unknown] | undefined> => {
      const read = typeof field === 'function' ? field : field.optional;
      const there = given.get(key);
      if (there === undefined && read !== field) return right(undefined);
      const member = read(there, placeOf(key));
      return member.ok ? right([key, member.value]) : member;
    });
    const read = gather([...members, ...strange.map((key) => wrong(placeOf(key), 'is not known here'))]);
    if (!read.ok) return read;
    return right(Object.fromEntries(read.value.filter((member) => member !== undefined)) as T);
  };

/** What is right in itself may still be wrong as a whole. */
export const checked =
  <T>(reader: Reader<T>, check: (value: T) => readonly FieldError[]): Reader<T> =>
  (value, path) => {
    const read = reader(value, path);
    const errors = read.ok ? check(read.value) : [];
    return errors.length === 0 ? read : { ok: false, errors };
  };

function gather<T>(readings: readonly Reading<T>[]): Reading<readonly T[]> {
  const errors = readings.flatMap((reading) => (reading.ok ? [] : reading.errors));
  if (errors.length > 0) return { ok: false, errors };
  return right(readings.flatMap((reading) => (reading.ok ? [reading.value] : [])));
}
