import type { Connection } from '../connection/connection.js';
import type { Packet } from '../wire/packet.js';

/** More than this unread means that the reader has lost touch; it then learns of a gap instead of the daemon's memory growing here. */
const BACKLOG = 10_000;

/** What a connection receives unasked, in order, until it ends (then it throws) or the signal aborts (then it is over). */
export class MessageQueue implements AsyncIterable<Packet> {
  private packets: Packet[] = [];
  private wake: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    private readonly signal: AbortSignal,
  ) {
    connection.onMessage = (packet) => {
      this.packets.push(packet);
      if (this.packets.length > BACKLOG) connection.close();
      this.wake();
    };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet> {
    const wake = (): void => this.wake();
    this.connection.closed.addEventListener('abort', wake);
    this.signal.addEventListener('abort', wake);
    try {
      for (;;) {
        const batch = this.packets;
        this.packets = [];
        yield* batch;
        if (this.signal.aborted) return;
        if (this.packets.length > 0) continue;
        if (this.connection.closed.aborted) throw this.connection.closed.reason;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      this.signal.removeEventListener('abort', wake);
      this.connection.closed.removeEventListener('abort', wake);
    }
  }
}
