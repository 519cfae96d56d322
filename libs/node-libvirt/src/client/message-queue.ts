import type { Connection } from '../connection/connection.js';
import { PACKET_LIMIT, type Packet } from '../wire/packet.js';

/** With more than this unread the reader has lost touch; it then learns of a gap, so that the messages do not fill the memory. */
const BACKLOG = { messages: 10_000, bytes: PACKET_LIMIT } as const;

/** What a connection receives unasked, in order, until it ends (then it throws) or the signal aborts (then it is over). */
export class MessageQueue implements AsyncIterable<Packet> {
  private packets: Packet[] = [];
  private bytes = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    private readonly signal: AbortSignal,
  ) {
    connection.onMessage = (packet) => {
      this.keep(packet);
      if (this.packets.length > BACKLOG.messages || this.bytes > BACKLOG.bytes) connection.close();
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
        this.bytes = 0;
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

  private keep(packet: Packet): void {
    this.packets.push(packet);
    this.bytes += packet.payload.length;
  }
}
