import type { Writable } from 'node:stream';
import { TLSSocket } from 'node:tls';

type Done = (error?: Error | null) => void;
/** One packet: its bytes, or its header and a payload that need not be copied behind it. */
type Outgoing = { readonly parts: readonly Buffer[]; readonly done: Done };

const nothing = (): void => undefined;

/**
 * What leaves in the same turn of the event loop is written at once: a system call costs more than all else about a small
 * call. Over TLS each packet is written alone, the next when it is through: libvirtd reads one packet of a TLS record and
 * then sleeps until the socket has news; the rest would lie in its GnuTLS session unanswered.
 */
export class Outbox {
  private readonly waiting: Outgoing[] = [];
  private readonly flush: () => void;
  /** A flush is due, or a packet on its way. */
  private busy = false;
  private failure: Error | undefined;

  constructor(private readonly socket: Writable) {
    this.flush = socket instanceof TLSSocket ? () => this.writeNext() : () => this.writeAll();
  }

  /** @param done is called when the packet was handed to the operating system, or never will be */
  send(parts: Outgoing['parts'], done: Done = nothing): void {
    if (this.failure !== undefined) return done(this.failure);
    this.waiting.push({ parts, done });
    if (this.busy) return;
    this.busy = true;
    process.nextTick(this.flush);
  }

  fail(error: Error): void {
    this.failure = error;
    for (const { done } of this.waiting.splice(0)) done(error);
  }

  private writeAll(): void {
    this.busy = false;
    this.socket.cork();
    for (const { parts, done } of this.waiting.splice(0)) this.write(parts, done);
    this.socket.uncork();
  }

  private writeNext(): void {
    const next = this.waiting.shift();
    this.busy = next !== undefined;
    if (next === undefined) return;
    this.socket.cork();
    this.write(next.parts, (error) => {
      next.done(error);
      this.writeNext();
    });
    this.socket.uncork();
  }

  private write(parts: Outgoing['parts'], done: Done): void {
    const last = parts.length - 1;
    parts.forEach((part, index) => this.socket.write(part, index === last ? done : nothing));
  }
}
