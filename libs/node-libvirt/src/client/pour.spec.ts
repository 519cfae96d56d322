import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STREAM_CHUNK } from '../connection/stream-packets.js';
import { isHole } from '../connection/hole.js';
import { findHoles, type VolumePart } from './holes.js';
import { Pouring, readInTurns } from './pour.js';

const PART = 4 * STREAM_CHUNK;

describe('a file that is poured into a slow stream', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pour-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Takes its time, and looks at what it was given only at the end of it, as a socket does. */
  function slowStream(): { readonly stream: Writable; readonly bytes: () => Buffer } {
    const taken: Buffer[] = [];
    const stream = new Writable({
      objectMode: true,
      highWaterMark: 16,
      write(part: VolumePart, _encoding, callback) {
        setTimeout(() => {
          taken.push(isHole(part) ? Buffer.alloc(part.hole) : Buffer.from(part));
          callback();
        }, 20);
      },
    });
    return { stream, bytes: () => Buffer.concat(taken) };
  }

  it.each([
    ['data between holes', [1, 0, 2, 0, 0, 3, 0, 0, 0, 4]],
    ['nothing but data', [1, 2, 3, 4, 5]],
    ['holes at both ends', [0, 0, 1, 0, 0]],
  ])('arrives as it is: %s', async (_, fills) => {
    const whole = Buffer.concat(fills.map((fill) => Buffer.alloc(PART, fill)));
    const path = join(folder, 'source');
    await writeFile(path, whole);
    const { stream, bytes } = slowStream();
    const pouring = new Pouring(stream);
    await pouring.pour(findHoles(readInTurns(path, () => pouring.written)));
    expect(bytes().equals(whole)).toBe(true);
  });
});
