import type { Progress } from '@diecast/model';

const EVERY_MS = 250;

/** Stores at most four a second, and the last one always. */
export class ProgressWriter {
  readonly #write: (progress: Progress) => Promise<void>;
  #pending: Progress | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastAt = Number.NEGATIVE_INFINITY;

  /** @param write must not reject: progress is never a reason to fail */
  constructor(write: (progress: Progress) => Promise<void>) {
    this.#write = write;
  }

  report(progress: Progress): void {
    this.#pending = progress;
    if (this.#timer) return;
    const waitMs = Math.max(0, this.#lastAt + EVERY_MS - performance.now());
    this.#timer = setTimeout(() => this.#store(), waitMs);
  }

  /** Resolves when the last one reported is stored. */
  async flush(): Promise<void> {
    this.#store();
    await this.#writing;
  }

  #store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const progress = this.#pending;
    if (!progress) return;
    this.#pending = undefined;
    this.#lastAt = performance.now();
    this.#writing = this.#writing.then(() => this.#write(progress));
  }
}
