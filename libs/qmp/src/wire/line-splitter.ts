import { QmpTransportError } from '../errors.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const FIRST_CAPACITY = 4096;

/**
 * Cuts bytes into lines, however they are split on their way. With `pretty=on` QEMU indents its messages: one that begins
 * with a line of nothing but `{` goes on to a line of nothing but `}`, and counts as one line here. Holds at most one unfinished
 * line, in one buffer: a server that sends a byte at a time must not make it hold a chunk for every byte.
 */
export class LineSplitter {
  private rest = Buffer.alloc(0);
  private length = 0;
  /** Of an indented message what is before this is whole lines. */
  private wholeLines = 0;

  constructor(private readonly maxLineBytes: number) {}

  /** What the unfinished line takes. */
  get heldBytes(): number {
    return this.rest.length;
  }

  /**
   * The lines that are complete with this chunk, without their ends. A line is valid until the next one is asked for.
   * @throws QmpTransportError `limit` when a line is longer than allowed, finished or not
   */
  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      if (this.goesOn(chunk.subarray(start, end))) {
        this.keep(chunk.subarray(start, end + 1));
        this.wholeLines = this.length;
        start = end + 1;
        continue;
      }
      const line = this.complete(chunk.subarray(start, end));
      start = end + 1;
      if (line.length > 0) yield line;
    }
    this.keep(chunk.subarray(start));
  }

  /** Whether more lines of the same message follow the one that ends with these bytes. */
  private goesOn(tail: Buffer): boolean {
    const indented = this.wholeLines > 0;
    return indented !== this.isAlone(indented ? CLOSING_BRACE : OPENING_BRACE, tail);
  }

  /** Whether a line is this one byte: what is held of it, and the rest. */
  private isAlone(byte: number, tail: Buffer): boolean {
    // With its carriage return it has two.
    if (this.length - this.wholeLines + tail.length > 2) return false;
    const line = withoutCarriageReturn(
      Buffer.concat([this.rest.subarray(this.wholeLines, this.length), tail]),
    );
    return line.length === 1 && line[0] === byte;
  }

  private complete(tail: Buffer): Buffer {
    this.wholeLines = 0;
    this.refuseMoreThanAllowed(tail.length);
    if (this.length === 0) return withoutCarriageReturn(tail);
    this.keep(tail);
    const line = this.rest.subarray(0, this.length);
    // A long line is rare; its buffer goes with it.
    this.rest = Buffer.alloc(0);
    this.length = 0;
    return withoutCarriageReturn(line);
  }

  private keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.refuseMoreThanAllowed(bytes.length);
    const needed = this.length + bytes.length;
    if (needed > this.rest.length) {
      const grown = Buffer.allocUnsafe(
        Math.min(Math.max(needed, this.rest.length * 2, FIRST_CAPACITY), this.maxLineBytes),
      );
      this.rest.copy(grown, 0, 0, this.length);
      this.rest = grown;
    }
    bytes.copy(this.rest, this.length);
    this.length = needed;
  }

  private refuseMoreThanAllowed(more: number): void {
    if (this.length + more > this.maxLineBytes)
      throw new QmpTransportError('limit', `the server sent a line of more than ${this.maxLineBytes} bytes`);
  }
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
