import { IMAGE_STATES, type Digest, type ImageStatus } from '@diecast/model';
import {
  ChoiceField,
  DataField,
  DigestField,
  NameField,
  ObjectField,
  TextField,
  WholeField,
} from '../http/fields.js';
import { PageQuery } from '../http/pages.js';
import { HealthBody } from '../machines/health.dto.js';
import { FIRMWARES } from '../machines/machine.dto.js';
import { NetworkBody } from '../machines/network.dto.js';
import { ManifestView, SignatureView } from './manifest.view.js';

export const IMAGE_STATUSES = Object.keys(IMAGE_STATES) as readonly ImageStatus[];

const REFERENCE =
  /^(sha256:[0-9a-f]{64}|(?!sha256:)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:[A-Za-z0-9][A-Za-z0-9._+~-]{0,62})?)$/;
export const REFERENCE_OPTIONS = {
  most: 128,
  pattern: REFERENCE,
  rule: 'a digest "sha256:…", a name, or NAME:VERSION,',
} as const;

export class ImageAt {
  @TextField('Digest, NAME:VERSION, or name: then the newest proven one is meant.', {
    ...REFERENCE_OPTIONS,
    example: 'tiny-http',
  })
  readonly reference!: string;
}

export class ImageQuery extends PageQuery {
  @NameField('Only images of this name.', { optional: true })
  readonly name?: string;

  @ChoiceField('Only images with this status.', IMAGE_STATUSES, { optional: true })
  readonly status?: ImageStatus;
}

export class BlobAt {
  @DigestField('sha256 of the bytes that are sent.')
  readonly digest!: Digest;
}

export class ImageSourceBody {
  @ChoiceField(
    '`path`: a folder of the worker. `url`: such a folder over HTTP. `upload`: the manifest is here, its blobs were sent before.',
    ['path', 'url', 'upload'],
    { example: 'path' },
  )
  readonly type!: 'path' | 'url' | 'upload';

  @TextField(
    'Absolute path of a folder with manifest.json, blobs/HEX and, if signed, signature.json (`path`).',
    {
      most: 4096,
      pattern: /^\/[^\0\n\r]*$/,
      rule: 'an absolute path in one line,',
      optional: true,
      example: '/var/lib/images/web-1.4.2',
    },
  )
  readonly path?: string;

  @TextField('http or https address of such a folder (`url`).', {
    most: 2048,
    pattern: /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
    rule: 'an address http://… or https://… without user, query or fragment,',
    optional: true,
  })
  readonly url?: string;

  @DataField('The manifest (`upload`).', () => ManifestView, { optional: true })
  readonly manifest?: object;

  @DataField('Its signature (`upload`), if it is signed.', () => SignatureView, {
    optional: true,
    nullable: true,
  })
  readonly signature?: object | null;
}

export class ImportImage {
  @ObjectField('Where the image comes from.', () => ImageSourceBody)
  readonly source!: ImageSourceBody;
}

/** How to boot the image once, to see whether it becomes healthy. */
export class ProveImage {
  @ObjectField('Where the machine of the proof is plugged in.', () => NetworkBody)
  readonly network!: NetworkBody;

  @ObjectField('What it must pass.', () => HealthBody)
  readonly health!: HealthBody;

  @WholeField('Memory in MiB.', 32, 4_194_304, { unit: 'MiB', example: 256 })
  readonly memoryMiB!: number;

  @WholeField('Virtual CPUs.', 1, 256, { example: 1 })
  readonly vcpus!: number;

  @ChoiceField('As the image says, unless given; another one than the image has is refused.', FIRMWARES, {
    optional: true,
  })
  readonly firmware?: 'bios' | 'uefi';

  @NameField('Host of the proof; placement chooses by default.', { optional: true, nullable: true })
  readonly host?: string | null;
}

export class RevokeImage {
  @TextField('Why nobody may use it any more.', {
    most: 500,
    pattern: /^\S[^\0]*$/,
    rule: 'a reason',
    example: 'CVE-2026-1234 in its web server',
  })
  readonly reason!: string;
}
