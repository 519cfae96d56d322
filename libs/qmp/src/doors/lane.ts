/** Lets a fixed number in at a time; the others wait in the order in which they came. */
export class Lane {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly room: number) {}

  /**
   * Calls `enter` as soon as there is room, perhaps at once. Every entry is given back with `leave`.
   * @returns takes it back while it still waits
   */
  line(enter: () => void): () => void {
    if (this.inside < this.room) {
      this.inside += 1;
      enter();
    } else this.waiting.add(enter);
    return () => void this.waiting.delete(enter);
  }

  leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.inside -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
