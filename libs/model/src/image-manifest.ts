import { AppError, type FieldError } from './errors.js';
import { blobsOf, type Blob, type ImageManifest, type ImageSignature } from './image.js';
import { isDigest, isName, NAME_RULE, type Digest } from './names.js';
import { checked, exactly, flag, list, object, optional, text, whole, type Reader } from './reader.js';

const SECTOR = 512;
const HEX_64 = /^[0-9a-f]{64}$/;
/** Letters, signs and spaces of any script; no control characters, no halves of a surrogate pair. */
const PLAIN = /^\P{C}*$/u;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Stands behind a colon in `name:version`. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,62}$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
/** Linux takes a command line of at most 2048 bytes on x86 (COMMAND_LINE_SIZE). */
const COMMAND_LINE_BYTES = 2048;

const name = text(NAME_RULE, isName);
const plain = (most: number): Reader<string> =>
  text(
    `a text of 1 to ${most} characters without control characters`,
    (value) => value !== '' && value.length <= most && PLAIN.test(value),
  );
const digest = text<Digest>('"sha256:" and 64 of 0-9 and a-f', isDigest);
const size = whole(1);
const blob = object<Blob>({ digest, size });

const disk = checked(
  object<ImageManifest['disk']>({
    digest,
    size,
    format: exactly('raw', 'qcow2'),
    virtualSize: whole(SECTOR),
  }),
  ({ format, size: bytes, virtualSize }) => [
    ...(virtualSize % SECTOR === 0
      ? []
      : [{ path: 'disk.virtualSize', message: `must be a multiple of ${SECTOR}` }]),
    ...(format === 'raw' && virtualSize < bytes
      ? [{ path: 'disk.virtualSize', message: `must be at least the ${bytes} bytes of the raw disk` }]
      : []),
  ],
);

const manifest = checked(
  object<ImageManifest>({
    schemaVersion: exactly(1),
    name,
    version: text('1 to 63 of A-Z, a-z, 0-9, ".", "_", "+", "~" and "-"', (value) => VERSION.test(value)),
    architecture: exactly('x86_64', 'aarch64'),
    firmware: exactly('bios', 'uefi'),
    disk,
    boot: optional(
      object<NonNullable<ImageManifest['boot']>>({
        kernel: blob,
        initrd: blob,
        commandLine: text(
          `at most ${COMMAND_LINE_BYTES} printable ASCII characters`,
          (value) => value.length <= COMMAND_LINE_BYTES && PRINTABLE_ASCII.test(value),
        ),
      }),
    ),
    verity: optional(
      object<NonNullable<ImageManifest['verity']>>({
        rootHash: text('64 of 0-9 and a-f', (value) => HEX_64.test(value)),
        hashOffset: whole(0),
      }),
    ),
    agent: optional(flag),
    provenance: optional(
      object<NonNullable<ImageManifest['provenance']>>({
        builder: plain(200),
        sources: list(object({ name: plain(200), version: plain(200) }), 10_000),
        createdAt: optional(
          text('a time such as 2026-01-31T12:00:00Z', (value) => ISO_TIME.test(value) && isTime(value)),
        ),
      }),
    ),
  }),
  conflictingBlobs,
);

const isTime = (value: string): boolean => !Number.isNaN(Date.parse(value));

/** One digest cannot have two sizes. */
function conflictingBlobs(value: ImageManifest): readonly FieldError[] {
  const sizes = new Map(blobsOf(value).map((each) => [each.digest, each.size]));
  const places: readonly (readonly [string, Blob])[] = [
    ['disk', value.disk],
    ...(value.boot === undefined
      ? []
      : ([
          ['boot.kernel', value.boot.kernel],
          ['boot.initrd', value.boot.initrd],
        ] as const)),
  ];
  return places
    .filter(([, each]) => sizes.get(each.digest) !== each.size)
    .map(([place]) => ({
      path: `${place}.size`,
      message: 'differs from that of another blob with this digest',
    }));
}

const signature = object<ImageSignature>({
  keyId: name,
  algorithm: exactly('ed25519'),
  signature: text('the base64 of 64 bytes', (value) => /^[A-Za-z0-9+/]{86}==$/.test(value)),
});

/** @throws AppError `invalid` naming every wrong field */
export const readImageManifest = (value: unknown): ImageManifest =>
  requireRead(manifest, value, 'The manifest of the image');

/** @throws AppError `invalid` naming every wrong field */
export const readImageSignature = (value: unknown): ImageSignature =>
  requireRead(signature, value, 'The signature of the image');

function requireRead<T>(reader: Reader<T>, value: unknown, what: string): T {
  const reading = reader(value, '');
  if (reading.ok) return reading.value;
  const { errors } = reading;
  const all = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new AppError('invalid', `${what} is wrong: ${all}.`, { errors, details: { errors } });
}
