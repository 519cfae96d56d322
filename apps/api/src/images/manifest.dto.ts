import type { Digest } from '@diecast/model';
import {
  ChoiceField,
  DigestField,
  FlagField,
  NameField,
  ObjectField,
  ObjectsField,
  TextField,
  WholeField,
} from '../http/fields.js';

const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
const VERSION_RULE = 'a version of letters, digits, ".", "_", "+" and "-"';
/** One line that a boot loader or an XML document may hold. */
const PRINTABLE = /^[\x20-\x7e]*$/;
const HEX = /^([0-9a-f]{2}){1,128}$/;

export class BlobBody {
  @DigestField('sha256 of its bytes.')
  readonly digest!: Digest;

  @WholeField('Bytes.', 1, Number.MAX_SAFE_INTEGER, { unit: 'bytes' })
  readonly size!: number;
}

export class DiskBody extends BlobBody {
  @ChoiceField('Format of the bytes.', ['raw', 'qcow2'])
  readonly format!: 'raw' | 'qcow2';

  @WholeField('Bytes of the disk that a machine sees.', 1, Number.MAX_SAFE_INTEGER, { unit: 'bytes' })
  readonly virtualSize!: number;
}

export class BootBody {
  @ObjectField('The kernel.', () => BlobBody)
  readonly kernel!: BlobBody;

  @ObjectField('The initial RAM disk.', () => BlobBody)
  readonly initrd!: BlobBody;

  @TextField('Command line of the kernel.', { most: 4096, pattern: PRINTABLE, rule: 'one line of ASCII' })
  readonly commandLine!: string;
}

export class VerityBody {
  @TextField('Root hash of dm-verity.', { most: 256, pattern: HEX, rule: 'hexadecimal digits' })
  readonly rootHash!: string;

  @WholeField('Where on the disk the hash tree begins.', 0, Number.MAX_SAFE_INTEGER, { unit: 'bytes' })
  readonly hashOffset!: number;
}

export class SourcePackageBody {
  @TextField('Name of the package.', { most: 256 })
  readonly name!: string;

  @TextField('Version of the package.', { most: 256 })
  readonly version!: string;
}

export class ProvenanceBody {
  @TextField('What built the image.', { most: 1024 })
  readonly builder!: string;

  @ObjectsField('What it was built from.', () => SourcePackageBody, { most: 10_000 })
  readonly sources!: SourcePackageBody[];

  @TextField('When it was built.', { most: 64, optional: true, format: 'date-time' })
  readonly createdAt?: string;
}

/** The immutable description of an image: its sha256 in canonical JSON is the identity of the image. */
export class ManifestBody {
  @WholeField('Version of this form.', 1, 1, { example: 1 })
  readonly schemaVersion!: 1;

  @NameField('Name of the image.', { example: 'web' })
  readonly name!: string;

  @TextField('Version of the image.', { most: 63, pattern: VERSION, rule: VERSION_RULE, example: '1.4.2' })
  readonly version!: string;

  @ChoiceField('Of the processor.', ['x86_64', 'aarch64'])
  readonly architecture!: 'x86_64' | 'aarch64';

  @ChoiceField('What starts it.', ['bios', 'uefi'])
  readonly firmware!: 'bios' | 'uefi';

  @ObjectField('The disk.', () => DiskBody)
  readonly disk!: DiskBody;

  @ObjectField('Kernel that is started directly; without it the disk boots itself.', () => BootBody, {
    optional: true,
  })
  readonly boot?: BootBody;

  @ObjectField('How the root file system proves itself.', () => VerityBody, { optional: true })
  readonly verity?: VerityBody;

  @FlagField('Whether the QEMU guest agent runs in it.', { optional: true })
  readonly agent?: boolean;

  @ObjectField('Where it comes from.', () => ProvenanceBody, { optional: true })
  readonly provenance?: ProvenanceBody;
}

export class SignatureBody {
  @NameField('Which configured key signed it.')
  readonly keyId!: string;

  @ChoiceField('The only one so far.', ['ed25519'])
  readonly algorithm!: 'ed25519';

  @TextField('Signature over the digest of the manifest, in base64.', {
    most: 128,
    pattern: /^[A-Za-z0-9+/]+={0,2}$/,
    rule: 'base64',
  })
  readonly signature!: string;
}
