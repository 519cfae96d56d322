import fc, { type GeneratorValue } from 'fast-check';
import { LibvirtTransportError } from '../../libs/node-libvirt/src/errors.js';
import type { Codec } from '../../libs/node-libvirt/src/wire/codec.js';
import { XdrReader } from '../../libs/node-libvirt/src/wire/xdr.js';

/** Small numbers often: presence, truth and the types of typed parameters are numbers too. */
const int = (): fc.Arbitrary<number> =>
  fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 7 }) }, { weight: 1, arbitrary: fc.integer() });
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

/** A reader without a message: what it reads is thrown. So every codec is a source of values of its own type. */
class Dice extends XdrReader {
  constructor(private readonly roll: GeneratorValue) {
    super(Buffer.alloc(0));
  }
  override int(): number {
    return this.roll(int);
  }
  override uint(): number {
    return this.roll(fc.integer, { min: 0, max: 0xffffffff });
  }
  override hyper(): bigint {
    return this.roll(fc.bigInt, { min: -(2n ** 63n), max: 2n ** 63n - 1n });
  }
  override uhyper(): bigint {
    return this.roll(fc.bigInt, { min: 0n, max: 2n ** 64n - 1n });
  }
  override double(): number {
    return this.roll(fc.double);
  }
  override fixed(length: number): Buffer {
    return Buffer.from(this.roll(bytes, length));
  }
  override hex(length: number): string {
    return this.fixed(length).toString('hex');
  }
  override opaque(limit: number): Buffer {
    return this.fixed(this.roll(fc.nat, { max: Math.min(limit, 40) }));
  }
  override string(): string {
    return this.roll(fc.string, { unit: 'binary', maxLength: 12 });
  }
  override count(limit: number): number {
    return this.roll(fc.nat, { max: Math.min(limit, 3) });
  }
}

const MOST_THROWS = 50;

/** Any value that the codec can carry. */
export function throwFor<T>(codec: Codec<T>, roll: GeneratorValue): T {
  for (let throws = 0; throws < MOST_THROWS; throws += 1) {
    try {
      return codec.read(new Dice(roll));
    } catch (error) {
      // A typed parameter of a type that there is not.
      if (!(error instanceof LibvirtTransportError)) throw error;
    }
  }
  fc.pre(false);
  throw new Error('unreachable');
}
