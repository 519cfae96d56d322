import fc from 'fast-check';
import { frameBytes, wordBytes, type Frame } from './fake-libvirtd.js';

/** Which serial a packet bears: one of those that are open when it is sent, or any. */
type SerialChoice = { readonly open: number } | { readonly number: number };

type HostilePacket = Omit<Frame, 'serial' | 'length'> & {
  readonly serial: SerialChoice;
  /** What the packet says of its length: this much more than the truth, or this. */
  readonly length: { readonly off: number } | { readonly number: number };
};

export type HostileFrame = HostilePacket | { readonly noise: Uint8Array };

/** How a server stops: with the end of the stream, with an error, or not at all. */
export type Ending = 'close' | 'reset' | 'silence';

export type HostileTalk = {
  readonly frames: readonly HostileFrame[];
  /** Bytes of each piece in which it is sent, over and over; 0 is all the rest. */
  readonly cuts: readonly number[];
  readonly ending: Ending;
};

const REMOTE = 0x20008086;
const QEMU = 0x20008087;
const KEEPALIVE = 0x6b656570;
const anyWord = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 4, 7, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([wordBytes(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
};

/** virError in all its optional parts: code, domain, message?, level, domain?, three strings?, two numbers, network? */
const error = fc
  .record({
    code: anyWord,
    domain: anyWord,
    message: fc.option(fc.string({ unit: 'binary' })),
    level: anyWord,
  })
  .map(({ code, domain, message, level }) =>
    Buffer.concat([
      wordBytes(code, domain),
      message === null ? wordBytes(0) : Buffer.concat([wordBytes(1), text(message)]),
      wordBytes(level, 0, 0, 0, 0, 1, 2, 0),
    ]),
  );

const hole = fc
  .tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, 1n, 4096n, -1n), anyWord)
  .chain(([any, likely, flags]) => fc.constantFrom(any, likely, likely).map((length) => ({ length, flags })))
  .map(({ length, flags }) => {
    const bytes = Buffer.alloc(12);
    bytes.writeBigInt64BE(length, 0);
    bytes.writeUInt32BE(flags >>> 0, 8);
    return bytes;
  });

const words = fc.array(anyWord, { maxLength: 40 }).map((all) => wordBytes(...all));
const deepOptionals = fc
  .nat({ max: 300 })
  .map((depth) => wordBytes(...Array.from({ length: depth }, () => 1)));
/** A string or a list that promises more than follows. */
const endless = fc
  .tuple(
    fc.constantFrom(4_194_304, 4_194_305, 16_384, 65_536, 0x7fffffff, 0xffffffff),
    fc.uint8Array({ maxLength: 60 }),
  )
  .map(([length, rest]) => Buffer.concat([wordBytes(length), rest]));
const typedParams = fc
  .tuple(fc.nat({ max: 4 }), fc.string({ maxLength: 5 }), anyWord, words)
  .map(([count, name, type, rest]) => Buffer.concat([wordBytes(count), text(name), wordBytes(type), rest]));
/** A domain, or what begins as one. */
const domain = fc
  .tuple(anyWord, fc.string({ maxLength: 20 }), fc.uint8Array({ maxLength: 16 }), words)
  .map(([before, name, uuid, rest]) => Buffer.concat([wordBytes(before), text(name), uuid, rest]));
const much = fc
  .tuple(fc.constantFrom(0, 1, 0xff), fc.constantFrom(70_000, 262_120, 600_000))
  .map(([value, length]) => Buffer.alloc(length, value));

const payload: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Buffer.alloc(0)) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 4, arbitrary: error },
  { weight: 3, arbitrary: hole },
  { weight: 3, arbitrary: words },
  { weight: 2, arbitrary: endless },
  { weight: 2, arbitrary: typedParams },
  { weight: 2, arbitrary: domain },
  { weight: 1, arbitrary: deepOptionals },
  { weight: 1, arbitrary: much },
);

const packet: fc.Arbitrary<HostilePacket> = fc.record({
  length: fc.oneof(
    { weight: 40, arbitrary: fc.constant({ off: 0 }) },
    { weight: 1, arbitrary: fc.record({ off: fc.integer({ min: -40, max: 40 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ number: fc.oneof(fc.constantFrom(27, 28, 33_554_436, 33_554_437), anyWord) }),
    },
  ),
  program: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(REMOTE, REMOTE, QEMU, KEEPALIVE) },
    { weight: 1, arbitrary: anyWord },
  ),
  version: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: anyWord }),
  procedure: fc.oneof(
    // Pings, what a test has called, and events of domains and of the monitor.
    fc.constantFrom(1, 2, 6, 23, 208, 209, 273, 344, 318, 323, 346, 363),
    fc.integer({ min: 0, max: 460 }),
    anyWord,
  ),
  type: fc.oneof(
    { weight: 16, arbitrary: fc.constantFrom(1, 2, 2, 3, 3, 6) },
    { weight: 1, arbitrary: fc.constantFrom(0, 4, 5, 7) },
    { weight: 1, arbitrary: anyWord },
  ),
  serial: fc.oneof(
    { weight: 6, arbitrary: fc.record({ open: fc.nat({ max: 20 }) }) },
    { weight: 1, arbitrary: fc.record({ number: anyWord }) },
  ),
  status: fc.oneof({ weight: 12, arbitrary: fc.constantFrom(0, 1, 2, 2) }, { weight: 1, arbitrary: anyWord }),
  payload,
});

const frame: fc.Arbitrary<HostileFrame> = fc.oneof(
  { weight: 30, arbitrary: packet },
  { weight: 1, arbitrary: fc.record({ noise: fc.uint8Array({ minLength: 1, maxLength: 100 }) }) },
);

export const hostileTalk: fc.Arbitrary<HostileTalk> = fc.record({
  frames: fc.array(frame, { minLength: 1, maxLength: 16 }),
  cuts: fc.oneof(
    fc.constant([0]),
    fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
    fc.constant([
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 200_000,
    ]),
  ),
  ending: fc.constantFrom('close', 'reset', 'silence'),
});

/** The frame, with a serial that is open now. */
export function hostileBytes(hostile: HostileFrame, open: readonly number[]): Buffer {
  if ('noise' in hostile) return Buffer.from(hostile.noise);
  const { serial, length, ...rest } = hostile;
  const number = 'open' in serial ? (open[serial.open % open.length] ?? 0) : serial.number;
  const truth = frameBytes({ ...rest, serial: number });
  truth.writeUInt32BE(('off' in length ? truth.length + length.off : length.number) >>> 0, 0);
  return truth;
}

/** The bytes in the pieces that the talk is cut in. */
export function* piecesOf(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (let index = 0; at < bytes.length; index += 1) {
    const size = cuts[index % cuts.length] ?? 0;
    const end = size === 0 ? bytes.length : Math.min(at + size, bytes.length);
    yield bytes.subarray(at, end);
    at = end;
  }
}
