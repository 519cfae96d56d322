import type { Blob, DiskFormat, ImageManifest, ImageSignature } from '@diecast/model';
import {
  ChoiceShown,
  DigestShown,
  FlagShown,
  ObjectShown,
  TextShown,
  TimeShown,
  WholeShown,
} from '../http/shown.js';

export class BlobView implements Blob {
  @DigestShown('sha256 of its bytes.')
  readonly digest!: Blob['digest'];

  @WholeShown('Bytes.', { example: 41_943_040 })
  readonly size!: number;
}

export class DiskView extends BlobView {
  @ChoiceShown('Format of the bytes.', ['raw', 'qcow2'], { example: 'raw' })
  readonly format!: DiskFormat;

  @WholeShown('Bytes of the disk that a machine sees, a multiple of 512.', { example: 41_943_040 })
  readonly virtualSize!: number;
}

export class BootView {
  @ObjectShown('The kernel.', () => BlobView)
  readonly kernel!: BlobView;

  @ObjectShown('The initial RAM disk.', () => BlobView)
  readonly initrd!: BlobView;

  @TextShown('Command line of the kernel.', { example: 'console=ttyS0 ro' })
  readonly commandLine!: string;
}

export class VerityView {
  @TextShown('Root hash of dm-verity: 64 hexadecimal digits.', { example: '9f86d081884c7d65'.repeat(4) })
  readonly rootHash!: string;

  @WholeShown('Byte of the disk at which the hash tree begins.', { example: 37_748_736 })
  readonly hashOffset!: number;
}

export class SourcePackageView {
  @TextShown('Name of the package.', { example: 'busybox-static' })
  readonly name!: string;

  @TextShown('Version of the package.', { example: '1:1.35.0-4' })
  readonly version!: string;
}

export class ProvenanceView {
  @TextShown('What built the image.', { example: 'diecast lab' })
  readonly builder!: string;

  @ObjectShown('What it was built from.', () => SourcePackageView, { isArray: true })
  readonly sources!: readonly SourcePackageView[];

  @TimeShown('When it was built.', { required: false })
  readonly createdAt?: string;
}

/** The immutable description of an image: its sha256 in canonical JSON is the identity of the image. */
export class ManifestView implements ImageManifest {
  @WholeShown('Version of this form.', { example: 1 })
  readonly schemaVersion!: 1;

  @TextShown('Name of the image.', { example: 'tiny-http' })
  readonly name!: string;

  @TextShown('Version of the image.', { example: '1' })
  readonly version!: string;

  @ChoiceShown('Of the processor.', ['x86_64', 'aarch64'], { example: 'x86_64' })
  readonly architecture!: ImageManifest['architecture'];

  @ChoiceShown('What starts it.', ['bios', 'uefi'], { example: 'bios' })
  readonly firmware!: ImageManifest['firmware'];

  @ObjectShown('The disk.', () => DiskView)
  readonly disk!: DiskView;

  @ObjectShown('Kernel that is started directly; without it the disk boots itself.', () => BootView, {
    required: false,
  })
  readonly boot?: BootView;

  @ObjectShown('How the root file system proves itself.', () => VerityView, { required: false })
  readonly verity?: VerityView;

  @FlagShown('Whether the QEMU guest agent runs in it.', { required: false, example: false })
  readonly agent?: boolean;

  @ObjectShown('Where it comes from.', () => ProvenanceView, { required: false })
  readonly provenance?: ProvenanceView;
}

export class SignatureView implements ImageSignature {
  @TextShown('Which configured key signed it.', { example: 'release-2026' })
  readonly keyId!: string;

  @ChoiceShown('The only one so far.', ['ed25519'], { example: 'ed25519' })
  readonly algorithm!: 'ed25519';

  @TextShown('Signature over the digest of the manifest, in base64.')
  readonly signature!: string;
}
