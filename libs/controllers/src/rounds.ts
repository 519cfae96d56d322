import { setTimeout as sleep } from 'node:timers/promises';

export type RoundsOptions<T> = {
  readonly list: () => Promise<readonly T[]>;
  readonly keyOf: (item: T) => string;
  /** @returns in how many milliseconds it wants to be visited again */
  readonly visit: (item: T, signal: AbortSignal) => Promise<number>;
  readonly onError: (item: T, error: unknown) => void;
  readonly atOnce: number;
};

const PULSE_MS = 250;
const AGAIN_AFTER_ERROR_MS = 2_000;
/**
 * How long one turn lasts. What was seen in a row is remembered by the process that saw it; with turns of one look each,
 * several workers would each see a part of the row.
 */
const TURN_MS = 20_000;

/** Visits every item when it is due, never twice at once, so that a slow one holds up no other. */
export class Rounds<T> {
  readonly #nextAt = new Map<string, number>();
  readonly #under = new Map<string, Promise<void>>();

  constructor(readonly options: RoundsOptions<T>) {}

  /** One turn; ends early when the signal aborts, and not before every visit has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const end = performance.now() + TURN_MS;
    try {
      while (!signal.aborted && performance.now() < end) {
        this.#begin(await this.options.list(), signal);
        await sleep(PULSE_MS, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await Promise.all(this.#under.values());
    }
  }

  #begin(items: readonly T[], signal: AbortSignal): void {
    const { keyOf, atOnce } = this.options;
    const keys = new Set(items.map(keyOf));
    for (const key of this.#nextAt.keys()) if (!keys.has(key)) this.#nextAt.delete(key);
    const now = performance.now();
    const dueAt = (item: T): number => this.#nextAt.get(keyOf(item)) ?? 0;
    const due = items
      .filter((item) => dueAt(item) <= now && !this.#under.has(keyOf(item)))
      .sort((a, b) => dueAt(a) - dueAt(b));
    for (const item of due.slice(0, Math.max(0, atOnce - this.#under.size)))
      this.#under.set(keyOf(item), this.#visit(item, signal));
  }

  async #visit(item: T, signal: AbortSignal): Promise<void> {
    const { keyOf, visit, onError } = this.options;
    let againIn = AGAIN_AFTER_ERROR_MS;
    try {
      againIn = await visit(item, signal);
    } catch (error) {
      if (!signal.aborted) onError(item, error);
    } finally {
      this.#nextAt.set(keyOf(item), performance.now() + againIn);
      this.#under.delete(keyOf(item));
    }
  }
}
