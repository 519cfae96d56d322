import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { STREAM_CHUNK } from '../connection/stream-packets.js';

/** Bytes of a file that are read at once. */
const PART = 4 * STREAM_CHUNK;

/**
 * A file in parts that lie in two buffers by turns: of a gigabyte, a third of the time went into making new ones. Whoever
 * asks for a part must be done with the one before the last, as `pour` is.
 */
export async function* readInTurns(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const buffers = [Buffer.allocUnsafeSlow(PART), Buffer.allocUnsafeSlow(PART)] as const;
  for (let turn = 0; ; turn = 1 - turn) {
    const buffer = turn === 0 ? buffers[0] : buffers[1];
    const { bytesRead } = await file.read(buffer, 0, PART);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Writes all parts and ends the stream. A part is written while the next is made, and through before the one after that. */
export async function pour(parts: AsyncIterable<unknown>, stream: Writable): Promise<void> {
  let last: Promise<void> | undefined;
  for await (const part of parts) {
    const next = write(stream, part);
    // It may fail before anybody waits for it.
    next.catch(() => undefined);
    await last;
    last = next;
  }
  await last;
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.end(resolve);
  });
}

const write = (stream: Writable, part: unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    // Why the stream broke says more than that it is broken.
    stream.write(part, (error) => (error ? reject(stream.errored ?? error) : resolve()));
  });
