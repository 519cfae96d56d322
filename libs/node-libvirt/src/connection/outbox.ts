import type { Writable } from 'node:stream';
import { encodePacket, type Packet } from '../wire/packet.js';

type Outgoing = {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/**
 * One packet per write, the next when it is through. Writes that wait together would leave as one TLS record, and
 * libvirtd reads one packet of a record and then sleeps until the socket has news: the rest would lie in its GnuTLS
 * session unanswered.
 */
export class Outbox {
  private readonly waiting: Outgoing[] = [];
  private writing = false;
  private failure: Error | undefined;

  constructor(private readonly socket: Writable) {}

  /** Resolves when the packet was handed to the operating system. */
  send(packet: Packet): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push({ bytes: encodePacket(packet), resolve, reject });
    this.writeNext();
    return promise;
  }

  fail(error: Error): void {
    this.failure = error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  private writeNext(): void {
    const next = this.writing ? undefined : this.waiting.shift();
    if (next === undefined) return;
    this.writing = true;
    this.socket.write(next.bytes, (error) => {
      this.writing = false;
      if (error) next.reject(error);
      else next.resolve();
      this.writeNext();
    });
  }
}
