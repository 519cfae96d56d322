/** What one measurement found, e.g. `{ rate, cpuMicros }`. */
export type Sample = Readonly<Record<string, number>>;
export type Candidates<S extends Sample> = Readonly<Record<string, () => Promise<S>>>;
export type Medians<S extends Sample> = Readonly<Record<string, S>>;

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low = NaN, high = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (low + high) / 2;
}

/**
 * The median of everything that the candidates found. They take turns (A B C, B A C, …), so that whatever else happens on the
 * machine happens to all of them; in an order drawn by lot, since what ran before leaves its traces. A first round warms up and
 * does not count.
 */
export async function measureInTurns<S extends Sample>(
  candidates: Candidates<S>,
  rounds: number,
): Promise<Medians<S>> {
  const found = Object.entries(candidates).map(([name, measure]) => ({
    name,
    measure,
    samples: [] as S[],
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { measure, samples } of inSomeOrder(found)) {
      const sample = await measure();
      if (round > 0) samples.push(sample);
    }
  }
  return Object.fromEntries(found.map(({ name, samples }) => [name, medianSample(samples)]));
}

const inSomeOrder = <T>(items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, lot: Math.random() }))
    .toSorted((a, b) => a.lot - b.lot)
    .map(({ item }) => item);

function medianSample<S extends Sample>(samples: readonly S[]): S {
  const keys = Object.keys(samples[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, median(samples.map((each) => each[key] ?? NaN))])) as S;
}

/** The mean of ratios: twice as fast and half as fast is equally fast. */
export const geometricMean = (ratios: readonly number[]): number =>
  Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);

export const round2 = (value: number): number => Math.round(value * 100) / 100;

/** For people: what, then each candidate with one of its figures. */
export function tableLine<S extends Sample>(
  title: string,
  medians: Medians<S>,
  key: keyof S & string,
): string {
  const figures = Object.entries(medians).map(([name, sample]) => `${name} ${figure(sample[key] ?? NaN)}`);
  return `  ${title.padEnd(24)} ${figures.join('   ')}`;
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(round2(value));
