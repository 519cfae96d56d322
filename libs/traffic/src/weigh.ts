/** What decides which part of its backend's requests a machine gets. */
export type Claim = {
  readonly service: string;
  readonly iteration: number;
  /** Percent of the requests of its service that its iteration gets, above 0; null: no iteration is told apart. */
  readonly share: number | null;
};

/** HAProxy's weights of servers that get requests: 1 to 256. */
const LEAST = 1;
const MOST = 256;
/** Where all are alike, the number means nothing; a round one is easy to read. */
const ALIKE = 100;

/**
 * The weights of the machines of one backend, as many as there are claims. What an iteration is to get is divided by the
 * number of its machines; services that share a backend get as much as they have machines. A part that is more than
 * 256 times smaller than another one is rounded up: nobody who is to get requests gets none.
 */
export function weigh(claims: readonly Claim[]): readonly number[] {
  const byService = Map.groupBy(claims, ({ service }) => service);
  const parts = new Map([...byService].map(([service, own]) => [service, partsOf(own)]));
  const partOf = ({ service, iteration }: Claim): number => parts.get(service)?.get(iteration) ?? 1;
  const scale = bestScale(new Set(claims.map(partOf)));
  return claims.map((claim) => rounded(partOf(claim) * scale));
}

/** What each machine of an iteration gets, of one service; 1 is as much as its mean machine. */
function partsOf(own: readonly Claim[]): ReadonlyMap<number, number> {
  const byIteration = [...Map.groupBy(own, ({ iteration }) => iteration)].map(([iteration, alike]) => ({
    iteration,
    count: alike.length,
    share: alike[0]?.share ?? alike.length,
  }));
  const all = byIteration.reduce((sum, { share }) => sum + share, 0);
  return new Map(
    byIteration.map(({ iteration, count, share }) => [iteration, (share / all) * (own.length / count)]),
  );
}

/** Of the scales that use half of the range or more, the first one at which rounding changes least. */
function bestScale(parts: ReadonlySet<number>): number {
  if (parts.size <= 1) return ALIKE / Math.max(...parts, 1);
  const largest = Math.max(...parts);
  const scales = Array.from({ length: MOST / 2 + 1 }, (_, less) => (MOST - less) / largest);
  const errors = scales.map((scale) => Math.max(...[...parts].map((part) => errorOf(part * scale))));
  return scales[errors.indexOf(Math.min(...errors))] ?? 1;
}

const rounded = (weight: number): number => Math.max(LEAST, Math.round(weight));
const errorOf = (weight: number): number => Math.abs(rounded(weight) / weight - 1);
