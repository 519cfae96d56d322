import fc from 'fast-check';

/** A line of a hostile server, without its end, and whether the connection may survive it. */
export type HostileLine = { readonly bytes: Buffer; readonly fatal: boolean };

/** Limits that lines of a few kilobytes exceed. */
export const TIGHT_LIMITS = { maxLineBytes: 8192, maxDepth: 32, maxValues: 600 } as const;

const line =
  (fatal: boolean) =>
  (text: string | Uint8Array): HostileLine => ({ bytes: Buffer.from(text as string), fatal });
const json = (value: unknown): string => JSON.stringify(value);
const words = fc.string({ unit: 'binary', maxLength: 60 });
const values = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
const times = fc.oneof(
  fc.integer(),
  fc.constant(-1),
  fc.constant(2 ** 53),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const event = fc
  .record(
    {
      event: fc.oneof(words, fc.constantFrom('STOP', '__proto__', 'constructor', '')),
      data: fc.dictionary(fc.oneof(words, fc.constant('__proto__')), values, { maxKeys: 5 }),
      timestamp: fc.record({ seconds: times, microseconds: times }),
      id: fc.integer(),
    },
    { requiredKeys: ['event', 'timestamp'] },
  )
  .map(json);

/** Ids that no command has: of later commands, of no number, of the wrong kind. */
const wrongId = fc.oneof(
  fc.integer({ max: 0 }),
  fc.integer({ min: 100_000 }),
  fc.double({ min: 0.1, max: 0.9 }),
  fc.string(),
  fc.constantFrom(null, true, [], {}, [1], '1', 1e300),
);
const problem = fc.record({ class: words, desc: words });
const answer = fc
  .oneof(fc.record({ return: values, id: wrongId }), fc.record({ error: problem, id: wrongId }))
  .map(json);

const harmless = fc.oneof(event, answer, fc.constant('')).map(line(false));

const truncated = fc
  .tuple(fc.oneof(event, answer), fc.double({ min: 0, max: 0.999, noNaN: true }))
  .map(([text, part]) => text.slice(0, 1 + Math.floor((text.length - 1) * part)));
const garbage = fc
  .uint8Array({ maxLength: 200 })
  .map((bytes) => Buffer.from([1, ...bytes.filter((byte) => byte !== 0x0a)]));
const tooDeep = fc
  .tuple(fc.constantFrom('[', '{"a":', '{"event":"E","data":{"a":['), fc.integer({ min: 33, max: 500 }))
  .map(([open, times]) => open.repeat(times));
const tooMany = fc
  .tuple(fc.constantFrom('0,', '[],', '{},', '"",', ',', '[', '{'), fc.integer({ min: 601, max: 2000 }))
  .map(([item, times]) => `{"return": [${item.repeat(times)}0], "id": 3}`);
const tooLong = fc
  .tuple(fc.constantFrom('x', ' ', '{"return": "', '"'), fc.integer({ min: 8193, max: 20_000 }))
  .map(([filling, size]) => filling.repeat(Math.ceil(size / filling.length)));
const toNobody = fc.oneof(
  fc.record({ return: values }).map(json),
  fc.record({ error: problem }).map(json),
  fc.constant(
    '{"QMP": {"version": {"qemu": {"major": 1, "minor": 1, "micro": 1}, "package": ""}, "capabilities": []}}',
  ),
);
const notQmp = fc.oneof(
  fc
    .oneof(fc.integer(), fc.boolean(), fc.constant(null), words, fc.array(values, { maxLength: 3 }))
    .map(json),
  fc.constantFrom(
    '{}',
    '{"id": 2}',
    '{"timestamp": {"seconds": 1, "microseconds": 1}}',
    '{"event": "E"}',
    '{"event": ["E"], "timestamp": {"seconds": 1, "microseconds": 1}}',
    '{"event": "E", "data": 1, "timestamp": {"seconds": 1, "microseconds": 1}}',
    '{"event": "E", "timestamp": {"seconds": "1", "microseconds": 1}}',
    '{"error": {}, "id": 2}',
    '{"error": "GenericError", "id": 2}',
    '{"QMP": []}',
    '{"return": 1, "id": 2}{"return": 1, "id": 2}',
    "{'return': 1, 'id': 2}",
    '{"return": 01, "id": 2}',
    '{"return": NaN, "id": 2}',
  ),
);
const notUtf8 = fc
  .tuple(fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]))
  .map(([bytes]) =>
    Buffer.concat([Buffer.from('{"return": "'), Buffer.from(bytes), Buffer.from('", "id": 2}')]),
  );

const fatal = fc.oneof(
  fc.oneof(truncated, tooDeep, tooMany, tooLong, toNobody, notQmp).map(line(true)),
  fc.oneof(garbage, notUtf8).map(line(true)),
);

/** What one connection is told: lines in any order, cut anywhere, and whether the last one ends. */
export type HostileTalk = {
  readonly lines: readonly HostileLine[];
  readonly cuts: readonly number[];
  readonly finished: boolean;
};

export const hostileTalk: fc.Arbitrary<HostileTalk> = fc.record({
  lines: fc.array(fc.oneof({ arbitrary: harmless, weight: 6 }, { arbitrary: fatal, weight: 1 }), {
    minLength: 1,
    maxLength: 16,
  }),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
  finished: fc.boolean(),
});

/** The bytes of a talk, in the pieces in which they are sent. */
export function piecesOf({ lines, cuts, finished }: HostileTalk): Buffer[] {
  const bytes = Buffer.concat(
    lines.flatMap((hostile, index) => [
      hostile.bytes,
      Buffer.from(finished || index < lines.length - 1 ? '\r\n' : ''),
    ]),
  );
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
