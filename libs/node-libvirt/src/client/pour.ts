import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { STREAM_CHUNK } from '../connection/stream-packets.js';

/** Bytes of a file that are read at once. */
const PART = 4 * STREAM_CHUNK;

/**
 * A file in parts that lie in two buffers by turns: of a gigabyte, a third of the time went into making new ones.
 *
 * @param written what resolves when all that was written until now is through. A buffer is read into again only when
 * what was made of it before is: of many parts nothing is written (they are holes), so that the parts alone say nothing
 */
export async function* readInTurns(path: string, written: () => Promise<unknown>): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const buffers = [Buffer.allocUnsafeSlow(PART), Buffer.allocUnsafeSlow(PART)] as const;
  let ofTheOther: Promise<unknown> = Promise.resolve();
  for (let turn = 0; ; turn = 1 - turn) {
    const buffer = turn === 0 ? buffers[0] : buffers[1];
    const { bytesRead } = await file.read(buffer, 0, PART);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    const ofThis = written();
    await ofTheOther;
    ofTheOther = ofThis;
  }
}

/** Writes parts into a stream, one while the next is made. */
export class Pouring {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly stream: Writable) {}

  /** Resolves when all that was written until now is through; rejects when it is not. */
  get written(): Promise<void> {
    return this.last;
  }

  /** Writes all parts and ends the stream. A part is through before the one after the next is made. */
  async pour(parts: AsyncIterable<unknown>): Promise<void> {
    for await (const part of parts) {
      const before = this.last;
      this.last = this.write(part);
      // It may fail before anybody waits for it.
      this.last.catch(() => undefined);
      await before;
    }
    await this.last;
    await new Promise<void>((resolve, reject) => {
      this.stream.once('error', reject);
      this.stream.end(resolve);
    });
  }

  private write(part: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      // Why the stream broke says more than that it is broken.
      this.stream.write(part, (error) => (error ? reject(this.stream.errored ?? error) : resolve()));
    });
  }
}
