/** Milliseconds that Node's timers can wait. */
const LONGEST = 2 ** 31 - 1;

/**
 * One timer for many deadlines that are hardly ever reached: set when there is an earlier one than it is set for, and left
 * alone when one is no longer needed. To start and stop a timer for each call took a seventh of the call's time in here.
 */
export class Alarm {
  private timer: NodeJS.Timeout | undefined;
  private at = Infinity;

  /** @param ring is told the time; it returns when the next deadline is, Infinity if there is none */
  constructor(private readonly ring: (now: number) => number) {}

  /** Rings when `performance.now()` has come to this, or soon after. It keeps no process alive. */
  setFor(at: number): void {
    if (at >= this.at) return;
    clearTimeout(this.timer);
    this.at = at;
    const wait = Math.min(Math.ceil(at - performance.now()), LONGEST);
    this.timer = setTimeout(() => this.look(), wait).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.at = -Infinity;
  }

  private look(): void {
    this.at = Infinity;
    this.setFor(this.ring(performance.now()));
  }
}
