import type { Connection } from '../connection/connection.js';

/**
 * Connections that calls share: one, made when it is needed and made again after it broke, and while all are busy up to
 * `most` of them. libvirtd answers several connections with less work for each call than one.
 */
export class SharedConnections {
  private readonly present = new Set<Connection>();
  private opening: Promise<Connection> | undefined;

  constructor(
    private readonly connect: () => Promise<Connection>,
    private readonly most: number,
  ) {}

  /** The one with the fewest calls. @throws what `connect` throws, if there is none */
  take(): Connection | Promise<Connection> {
    const best = this.leastBusy();
    if (best === undefined) return this.open();
    // One more is for the calls to come, and they can do without.
    if (best.isFull && this.present.size < this.most) this.open().catch(() => undefined);
    return best;
  }

  /** The next call takes another; this one ends when nobody waits for it any more. */
  retire(connection: Connection): void {
    this.present.delete(connection);
    connection.retire();
  }

  private leastBusy(): Connection | undefined {
    let best: Connection | undefined;
    for (const connection of this.present)
      if (best === undefined || connection.openCalls < best.openCalls) best = connection;
    return best;
  }

  private open(): Promise<Connection> {
    this.opening ??= this.connect()
      .then((connection) => {
        this.present.add(connection);
        const forget = (): boolean => this.present.delete(connection);
        connection.closed.addEventListener('abort', forget, { once: true });
        return connection;
      })
      .finally(() => {
        this.opening = undefined;
      });
    return this.opening;
  }
}
