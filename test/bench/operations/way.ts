/** How many, and how many of them are asked for at once. */
export type Load = { readonly count: number; readonly clients: number };

/** Something to be done by workers, through one or the other machinery. */
export type Way = {
  /** One alone. Moments in milliseconds, as `now` has them: when it was asked for, and when that it is done was known. */
  one(): Promise<{ readonly id: string; readonly asked: number; readonly done: number }>;
  /** How many are done in a second, from the first request to the last end. */
  many(load: Load): Promise<number>;
};

/** Clients that ask one after another, so many at once. */
export async function inFlight(
  count: number,
  clients: number,
  ask: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await ask(index);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}
