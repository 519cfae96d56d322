import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { throwFor } from '../../../../test/harness/xdr-dice.js';
import { EVENT_NAMES, EVENTS, MONITOR_EVENT } from '../client/event-schema.js';
import { LibvirtTransportError } from '../errors.js';
import { decode, encode, type Codec } from '../wire/codec.js';
import { XdrReader } from '../wire/xdr.js';
import { registrationProcedures } from './events.js';
import { P } from './index.js';
import type { Procedure } from './procedure.js';
import { errorPayload } from './references.js';
import { sessionProcedures } from './session.js';

const RUNS = Number(process.env['LIBVIRT_FUZZ_RUNS'] ?? 5);

type AnyCodec = Codec<unknown>;
type AnyProcedure = Procedure<unknown, unknown>;
const groups = { ...P, session: sessionProcedures, registration: registrationProcedures };
const procedures = Object.values(groups).flatMap(
  (group): readonly AnyProcedure[] => Object.values(group) as readonly AnyProcedure[],
);

/** Everything that travels, by its name. */
const messages: readonly (readonly [string, AnyCodec])[] = [
  ...procedures.flatMap(({ name, args, result }) => [
    [`the call ${name}`, args] as const,
    [`the answer to ${name}`, result] as const,
  ]),
  ...EVENT_NAMES.map((name) => [`the event ${name}`, EVENTS[name].body as AnyCodec] as const),
  ['the monitor event', MONITOR_EVENT.body],
  ['the error', errorPayload],
];

const STRINGS_OKAY = 4;
/** Calls that read typed parameters always ask for the strings among them. */
function asSent(value: unknown, read: unknown): unknown {
  if (!hasFlags(value) || !hasFlags(read)) return value;
  const asking = (value.flags | STRINGS_OKAY) >>> 0;
  return read.flags === asking ? { ...value, flags: asking } : value;
}
const hasFlags = (value: unknown): value is { readonly flags: number } =>
  typeof value === 'object' && value !== null && 'flags' in value && typeof value.flags === 'number';

const GARBAGE = Buffer.from('00000001ffffffff', 'hex');

/** Reads, or refuses with the error of the protocol, and never reads what is not there. */
function readHostile(codec: AnyCodec, bytes: Buffer): void {
  const reader = new XdrReader(bytes);
  try {
    codec.read(reader);
  } catch (error) {
    expect(error).toBeInstanceOf(LibvirtTransportError);
    expect(error).toMatchObject({ failure: 'protocol' });
  }
  expect(reader.left).toBeGreaterThanOrEqual(0);
}

function forEveryMessage(property: (codec: AnyCodec) => fc.IProperty<unknown>): void {
  for (const [name, codec] of messages) {
    try {
      fc.assert(property(codec), { numRuns: RUNS });
    } catch (error) {
      throw new Error(`of ${name}`, { cause: error });
    }
  }
}

describe('The schema of the protocol', () => {
  it('has every number once', () => {
    const numbers = procedures.map(({ program, number }) => `${program}/${number}`);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThan(350);
  });

  it('reads back what it wrote, and no byte more', () => {
    forEveryMessage((codec) =>
      fc.property(fc.gen(), (roll) => {
        const value = throwFor(codec, roll);
        const bytes = encode(codec, value);
        expect(bytes.length % 4).toBe(0);
        const reader = new XdrReader(Buffer.concat([bytes, GARBAGE]));
        const read = codec.read(reader);
        expect(read).toEqual(asSent(value, read));
        expect(reader.left).toBe(GARBAGE.length);
      }),
    );
  });

  it('refuses what ends early, and refuses or reads what was tampered with', () => {
    const tampering = fc.record({
      at: fc.nat(),
      word: fc.oneof(fc.constantFrom(0xffffffff, 0x7fffffff, 0x80000000, 0, 1, 2), fc.nat()),
    });
    forEveryMessage((codec) =>
      fc.property(fc.gen(), fc.nat(), tampering, (roll, cut, { at, word }) => {
        const bytes = encode(codec, throwFor(codec, roll));
        if (bytes.length === 0) return;
        const short = bytes.subarray(0, cut % bytes.length);
        expect(() => decode(codec, short)).toThrow(LibvirtTransportError);
        const changed = Buffer.from(bytes);
        changed.writeUInt32BE(word >>> 0, (at % (bytes.length / 4)) * 4);
        readHostile(codec, changed);
      }),
    );
  });

  it('survives noise', () => {
    const noise = fc.array(
      fc.oneof(fc.constantFrom(0, 1, 2, 7, 0xffffffff), fc.integer({ min: 0, max: 0xffffffff })),
      { maxLength: 60 },
    );
    forEveryMessage((codec) =>
      fc.property(noise, (words) => {
        const bytes = Buffer.alloc(words.length * 4);
        words.forEach((word, index) => bytes.writeUInt32BE(word, index * 4));
        readHostile(codec, bytes);
      }),
    );
  });
});
