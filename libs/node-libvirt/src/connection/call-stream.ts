import { Duplex, type DuplexOptions } from 'node:stream';
import { abortReason, LibvirtTransportError } from '../errors.js';
import type { StreamDirection } from '../procedures/procedure.js';
import { MESSAGE_TYPE, STATUS, type Packet } from '../wire/packet.js';
import { decodeHole, type Hole } from './hole.js';
import { packItems, STREAM_CHUNK, type StreamPacket } from './stream-packets.js';

/** Items that wait in a sparse stream, either way, before the other side is held back. */
const ITEMS_HELD = 8;
/** How long an aborted stream waits for the daemon to confirm. */
const CONFIRMATION_MS = 5_000;

/** What a stream needs of its connection. */
export type StreamWire = {
  /** Resolves when the packet was handed to the operating system. */
  readonly send: (packet: StreamPacket & { readonly status: number }) => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  /** The stream is over at the daemon too. */
  readonly forget: () => void;
};

export type StreamTraits = {
  readonly procedure: string;
  readonly direction: StreamDirection;
  readonly sparse: boolean;
};

/** Node's types leave out `readable` and `writable`; its documentation does not. */
const nodeOptions = ({ direction, sparse }: StreamTraits): DuplexOptions => {
  const sides = { readable: direction !== 'write', writable: direction !== 'read' };
  return {
    ...sides,
    objectMode: sparse,
    highWaterMark: sparse ? ITEMS_HELD : 4 * STREAM_CHUNK,
    // libvirt has no half-open streams.
    allowHalfOpen: false,
  };
};

/** `finishing`: our OK is sent. `aborting`: it was destroyed here, and the daemon has yet to confirm. */
type Phase = 'opening' | 'flowing' | 'finishing' | 'aborting' | 'over';

/**
 * A libvirt stream as a Node stream, with back pressure both ways: a full reader pauses the socket (which therefore belongs
 * to this stream alone), a full socket holds the writer back. Its items are Buffers, and Holes when it is sparse.
 *
 * A side that the procedure does not have is closed from the start. 'end' and 'finish' come only after the daemon confirmed;
 * what the daemon says instead becomes the stream's error. Destroyed earlier, it tells the daemon to abort, and 'close'
 * comes when the daemon has confirmed that, or did not within 5 s.
 */
export class CallStream<R = unknown> extends Duplex {
  private phase: Phase = 'opening';
  private answer: R | undefined;
  /** Called when the daemon has nothing more to say. */
  private whenOver: (error?: Error) => void = () => undefined;

  constructor(
    private readonly traits: StreamTraits,
    private readonly wire: StreamWire,
  ) {
    super(nodeOptions(traits));
    // A daemon may break a stream before its user listens. The error is kept, and whoever reads or writes then gets it.
    this.on('error', () => undefined);
  }

  get procedure(): string {
    return this.traits.procedure;
  }

  /** What the daemon answered to the call that opened the stream. */
  get result(): R {
    return this.answer as R;
  }

  /** Called by the connection when its user gets it. */
  opened(answer: R, signal: AbortSignal | undefined): this {
    this.answer = answer;
    const abort = (): void => void this.destroy(abortReason(signal));
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.once('close', () => signal?.removeEventListener('abort', abort));
    return this;
  }

  /** The daemon answered the call; called by the connection before anything else happens. */
  answered(status: number): void {
    if (status !== STATUS.ok) return this.finished();
    if (this.phase === 'aborting') this.sendAbort();
    if (this.phase === 'opening') this.phase = 'flowing';
  }

  /** A packet of the stream; called by the connection. @throws LibvirtTransportError `protocol` */
  received(packet: Packet, readError: (packet: Packet, procedure: string) => Error): void {
    const { type, status, payload } = packet;
    if (status === STATUS.error) return this.failed(readError(packet, this.procedure));
    if (status === STATUS.ok && type === MESSAGE_TYPE.stream) return this.confirmed();
    if (status !== STATUS.continue) throw this.broken(`a packet of status ${status}`);
    if (this.phase === 'aborting') return;
    if (this.traits.direction === 'write') throw this.broken('data');
    if (type === MESSAGE_TYPE.streamHole) return this.receivedHole(payload);
    if (payload.length === 0) return this.sendFinish();
    this.pushItem(payload);
  }

  /** The daemon ended it, or the connection did; called by the connection. */
  failed(error: Error): void {
    const unopened = this.phase === 'opening';
    const aborted = this.phase === 'aborting';
    this.finished(error);
    // Whoever opens it gets the error from the call, and whoever aborted it no longer wants to know.
    if (!aborted) this.destroy(unopened ? undefined : error);
  }

  override _read(): void {
    this.wire.resume();
  }

  override _write(item: unknown, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.writeItems([item]).then(() => callback(), callback);
  }

  /** All that waits: more than a socket takes at once, so that it has the next bytes when it has room. */
  override _writev(
    items: readonly { readonly chunk: unknown }[],
    callback: (error?: Error | null) => void,
  ): void {
    this.writeItems(items.map(({ chunk }) => chunk)).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.phase === 'over') return callback();
    this.whenOver = callback;
    this.sendFinish();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.phase === 'over') return callback(error);
    const timer = setTimeout(() => this.finished(), CONFIRMATION_MS);
    this.whenOver = () => {
      clearTimeout(timer);
      callback(error);
    };
    // Whatever still comes is dropped.
    this.wire.resume();
    const flowing = this.phase === 'flowing';
    this.phase = 'aborting';
    if (flowing) this.sendAbort();
  }

  private receivedHole(payload: Buffer): void {
    if (!this.traits.sparse) throw this.broken('a hole, which nobody asked for');
    const hole = decodeHole(payload);
    if (hole.hole > 0) this.pushItem(hole);
  }

  private pushItem(item: Buffer | Hole): void {
    if (!this.push(item)) this.wire.pause();
  }

  private async writeItems(items: readonly unknown[]): Promise<void> {
    const packets = [...packItems(items)];
    if (this.phase !== 'flowing') throw new LibvirtTransportError('closed', `${this.procedure} has ended`);
    await Promise.all(packets.map((packet) => this.wire.send({ ...packet, status: STATUS.continue })));
  }

  /** Also the answer to the daemon's end of data: it waits for our OK before it says its own. */
  private sendFinish(): void {
    if (this.phase !== 'opening' && this.phase !== 'flowing') return;
    this.phase = 'finishing';
    this.sendStatus(STATUS.ok);
  }

  private sendAbort(): void {
    this.sendStatus(STATUS.error);
  }

  /** What cannot be sent fails with the connection. */
  private sendStatus(status: number): void {
    this.wire.send({ type: MESSAGE_TYPE.stream, status, parts: [] }).catch(() => undefined);
  }

  private confirmed(): void {
    if (this.phase !== 'finishing' && this.phase !== 'aborting') throw this.broken('an end that is none');
    const ended = this.phase === 'finishing';
    this.finished();
    if (ended && this.traits.direction !== 'write') this.push(null);
  }

  private finished(error?: Error): void {
    this.phase = 'over';
    this.wire.forget();
    this.whenOver(error);
  }

  private broken(what: string): LibvirtTransportError {
    return new LibvirtTransportError('protocol', `the daemon sent ${what} in ${this.procedure}`);
  }
}
