import type { Image } from '@diecast/model';
import {
  ChoiceShown,
  DigestShown,
  iso,
  NumberShown,
  ObjectShown,
  TextShown,
  TimeShown,
  UuidShown,
  WholeShown,
} from '../http/shown.js';
import { IMAGE_STATUSES } from './images.dto.js';
import { ManifestView, SignatureView } from './manifest.view.js';

/** What the boot that proved it saw. */
export class EvidenceView {
  @TextShown('Where it was booted.', { example: 'rack1-a' })
  readonly host!: string;

  @ChoiceShown('What it was run by.', ['kvm', 'tcg'], { example: 'kvm' })
  readonly accelerator!: string;

  @TimeShown('When it was booted.')
  readonly bootedAt!: string;

  @NumberShown('Seconds from its start until it was healthy.', { example: 4.2 })
  readonly healthyAfterSeconds!: number;

  @TextShown('What it had to pass.', { example: 'http :80/healthz 200' })
  readonly check!: string;

  @UuidShown('The operation that proved it.')
  readonly operationId!: string;
}

export class ImageView {
  @DigestShown('Its identity: the sha256 of its manifest.')
  readonly digest!: string;

  @TextShown('Name of the image.', { example: 'tiny-http' })
  readonly name!: string;

  @TextShown('Version of the image.', { example: '1' })
  readonly version!: string;

  @ChoiceShown('Only a proven image reaches a service.', IMAGE_STATUSES, { example: 'proven' })
  readonly status!: string;

  @TextShown('Why it has this status.', { nullable: true, example: null })
  readonly statusReason!: string | null;

  @ObjectShown('What it consists of.', () => ManifestView)
  readonly manifest!: Image['manifest'];

  @ObjectShown('Null: nobody signed it.', () => SignatureView, { nullable: true })
  readonly signature!: Image['signature'];

  @ChoiceShown('What the signature is worth here.', ['verified', 'unsigned', 'unverified'], {
    example: 'verified',
  })
  readonly signatureStatus!: string;

  @ObjectShown('Null until it is proven.', () => EvidenceView, { nullable: true })
  readonly evidence!: EvidenceView | null;

  @WholeShown('Bytes of all its blobs.', { example: 41_943_040 })
  readonly sizeBytes!: number;

  @TimeShown('When it was imported.')
  readonly createdAt!: string;
}

export const imageView = (image: Image): ImageView => ({
  digest: image.digest,
  name: image.name,
  version: image.version,
  status: image.status,
  statusReason: image.statusReason,
  manifest: image.manifest,
  signature: image.signature,
  signatureStatus: image.signatureStatus,
  evidence: image.evidence,
  sizeBytes: image.sizeBytes,
  createdAt: iso(image.createdAt),
});
