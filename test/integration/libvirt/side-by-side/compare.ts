import type { Normal } from '../../../harness/libvirt-python.js';

type Parts = Readonly<Record<string, Normal>>;

const numberIn = (value: Normal): string | undefined =>
  typeof value === 'object' && value !== null && 'number' in value && typeof value.number === 'string'
    ? value.number
    : undefined;

const partsOf = (value: Normal): Parts | undefined =>
  typeof value === 'object' && value !== null && numberIn(value) === undefined
    ? Object.fromEntries(Object.entries<Normal>(value as Parts))
    : undefined;

const isBetween = (number: string, one: string, other: string): boolean =>
  one !== other &&
  Number(number) >= Math.min(Number(one), Number(other)) &&
  Number(number) <= Math.max(Number(one), Number(other));

/**
 * Where ours is not what they said, before or after. A number that was another one before than after, because it grows with
 * time, must lie between.
 */
export function differences(where: string, before: Normal, ours: Normal, after: Normal): readonly string[] {
  const parts = [before, ours, after].map(partsOf);
  const [theirs, our, again] = parts;
  if (theirs !== undefined && our !== undefined && again !== undefined) {
    const names = new Set(parts.flatMap((each) => Object.keys(each ?? {})));
    return [...names].flatMap((name) =>
      name in theirs && name in our && name in again
        ? differences(`${where}.${name}`, theirs[name] ?? null, our[name] ?? null, again[name] ?? null)
        : [`${where}.${name}: ${JSON.stringify(theirs[name])}, ours ${JSON.stringify(our[name])}`],
    );
  }
  const [one, number, other] = [before, ours, after].map(numberIn);
  if (one !== undefined && number !== undefined && other !== undefined) {
    if (number === one || number === other || isBetween(number, one, other)) return [];
  } else if (ours === before || ours === after) return [];
  return [`${where}: ${JSON.stringify(before)}, ours ${JSON.stringify(ours)}`];
}

/** How many single values there are in it. */
export function leaves(value: Normal): number {
  const parts = partsOf(value);
  return parts === undefined ? 1 : Object.values(parts).reduce((sum, each) => sum + leaves(each), 0);
}
