import { Duplex } from 'node:stream';
import { STATUS } from '../wire/packet.js';

/** What the daemon itself sends at most in one packet, and what we send. */
export const STREAM_CHUNK = 262_120;

type Wire = {
  readonly send: (status: number, payload: Buffer) => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly forget: () => void;
};

/**
 * A libvirt stream as a Node stream, with back pressure both ways: a full reader pauses the socket (which therefore
 * belongs to this stream alone), a full socket holds the writer back. `end()` resolves at 'finish' only after the daemon
 * confirmed; destroying it before tells the daemon to abort.
 */
export class CallStream extends Duplex {
  private confirm: ((error?: Error | null) => void) | undefined;
  private over = false;

  constructor(
    readonly procedure: string,
    private readonly wire: Wire,
  ) {
    super({ highWaterMark: 4 * STREAM_CHUNK });
  }

  /** A data packet or the end; called by the connection. */
  received(status: number, payload: Buffer): void {
    if (status === STATUS.ok) return this.finished();
    if (payload.length > 0) {
      if (!this.push(Buffer.from(payload))) this.wire.pause();
      return;
    }
    // The daemon's end of data: it wants our confirmation and will then send its own.
    this.push(null);
    if (!this.over) void this.wire.send(STATUS.ok, Buffer.alloc(0)).catch(() => undefined);
  }

  failed(error: Error | undefined): void {
    this.over = true;
    this.wire.forget();
    const confirm = this.confirm;
    this.confirm = undefined;
    if (confirm !== undefined && error !== undefined) confirm(error);
    else this.destroy(error);
  }

  override _read(): void {
    this.wire.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const sendFrom = async (offset: number): Promise<void> => {
      for (let at = offset; at < chunk.length; at += STREAM_CHUNK)
        await this.wire.send(STATUS.continue, chunk.subarray(at, at + STREAM_CHUNK));
    };
    sendFrom(0).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.over) return callback();
    this.confirm = callback;
    this.wire.send(STATUS.ok, Buffer.alloc(0)).catch(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.over) {
      this.over = true;
      // Abort: an error packet without a body; the daemon confirms, and nobody waits for that.
      void this.wire.send(STATUS.error, Buffer.alloc(0)).catch(() => undefined);
      this.wire.forget();
    }
    this.wire.resume();
    callback(error);
  }

  private finished(): void {
    this.over = true;
    this.wire.forget();
    if (!this.readableEnded) this.push(null);
    const confirm = this.confirm;
    this.confirm = undefined;
    confirm?.();
  }
}
