import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isHole } from '../connection/hole.js';
import { fillHoles, findHoles, lengthOf, type VolumePart } from './holes.js';

const BLOCK = 65_536;
const bytes = (length: number, value: number): Buffer => Buffer.alloc(length, value);

async function* inPieces(whole: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield whole.subarray(at, at + size);
    at += size;
  }
  yield whole.subarray(at);
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

const joined = async (source: AsyncIterable<VolumePart>): Promise<Buffer> =>
  Buffer.concat(await collect(fillHoles(source)));

const find = (whole: Uint8Array, sizes: readonly number[] = []): Promise<VolumePart[]> =>
  collect(findHoles(inPieces(whole, sizes)));

describe('Holes in a source', () => {
  it('are where zeros fill blocks, however the source is cut', async () => {
    const runs = fc.array(
      fc.record({ value: fc.constantFrom(0, 0, 1), length: fc.integer({ min: 1, max: 3 * BLOCK }) }),
      { maxLength: 8 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: BLOCK + 100 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(runs, cuts, async (of, sizes) => {
        const whole = Buffer.concat(of.map(({ length, value }) => bytes(length, value)));
        const parts = await find(whole, sizes);
        expect((await joined(inPieces(whole, sizes))).equals(whole)).toBe(true);
        expect(
          Buffer.concat(parts.map((part) => (isHole(part) ? bytes(part.hole, 0) : part))).equals(whole),
        ).toBe(true);
        let at = 0;
        for (const part of parts) {
          // What fills a block with zeros never travels.
          if (!isHole(part))
            for (let block = Math.ceil(at / BLOCK) * BLOCK; block + BLOCK <= at + part.length; block += BLOCK)
              expect(whole.subarray(block, block + BLOCK).equals(bytes(BLOCK, 0))).toBe(false);
          at += lengthOf(part);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are joined when they lie together, and keep zeros that are too few as bytes', async () => {
    expect(await find(bytes(10 * BLOCK, 0), [BLOCK, 5 * BLOCK + 7])).toEqual([{ hole: 10 * BLOCK }]);
    expect(await find(bytes(100, 0))).toEqual([bytes(100, 0)]);
    const small = Buffer.concat([bytes(10, 1), bytes(BLOCK, 0), bytes(10, 1)]);
    expect((await find(small)).some((part) => isHole(part))).toBe(false);
  });

  it('stay when the source already tells of them', async () => {
    async function* told(): AsyncGenerator<VolumePart> {
      yield bytes(5, 1);
      yield { hole: 2 ** 40 };
      yield { hole: BLOCK };
      yield bytes(5, 1);
    }
    expect(await collect(findHoles(told()))).toEqual([bytes(5, 1), { hole: 2 ** 40 + BLOCK }, bytes(5, 1)]);
  });
});
