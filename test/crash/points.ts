/** A moment in the life of an operation: the nth time that its worker comes by this place. */
export type Point = { readonly place: string; readonly nth: number };

/** Loops come by a place as often as they please; more than this many times tells nothing new. */
const TIMES = 2;

export const pointName = ({ place, nth }: Point): string => `${place} #${nth}`;

/** Every point that a trace (the places of one run, in order) came by. */
export function pointsOf(trace: readonly string[]): readonly Point[] {
  const seen = new Map<string, number>();
  return trace.flatMap((place) => {
    const nth = (seen.get(place) ?? 0) + 1;
    seen.set(place, nth);
    return nth <= TIMES ? [{ place, nth }] : [];
  });
}

/** Counts the places that a run comes by, and says when it is at the point. */
export function watchFor(point: Point | undefined): (place: string) => boolean {
  let left = point?.nth ?? 0;
  return (place) => {
    if (place !== point?.place) return false;
    left -= 1;
    return left === 0;
  };
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` of them, in their order; all when there are no more. */
export function sample<T>(all: readonly T[], count: number, random: () => number): readonly T[] {
  const chosen = new Set(
    all
      .map((_, index) => ({ index, rank: random() }))
      .sort((one, other) => one.rank - other.rank)
      .slice(0, count)
      .map(({ index }) => index),
  );
  return all.filter((_, index) => chosen.has(index));
}
