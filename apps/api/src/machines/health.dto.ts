import { ChoiceField, FlagField, TextField, TextsField, WholeField } from '../http/fields.js';

export const HEALTH_KINDS = ['http', 'tcp', 'agent'] as const;
export const SCHEMES = ['http', 'https'] as const;
const PATH = /^\/[\x21-\x7e]*$/;
const SERVER_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** When a machine counts as healthy, and when no longer. */
export class HealthBody {
  @ChoiceField(
    '`http`: a GET answers the status. `tcp`: the port accepts. `agent`: the QEMU guest agent answers, or runs a command with success.',
    HEALTH_KINDS,
    { example: 'http' },
  )
  readonly kind!: (typeof HEALTH_KINDS)[number];

  @WholeField('TCP port (`http`, `tcp`).', 1, 65_535, { optional: true, example: 80 })
  readonly port?: number;

  @TextField('Path of the request (`http`); `/` by default.', {
    most: 1024,
    pattern: PATH,
    rule: 'a path that begins with "/", without spaces,',
    optional: true,
    example: '/healthz',
  })
  readonly path?: string;

  @WholeField('Status that means healthy (`http`); 200 by default.', 100, 599, { optional: true })
  readonly status?: number;

  @ChoiceField('What the request is sent by (`http`); `http` by default.', SCHEMES, { optional: true })
  readonly scheme?: (typeof SCHEMES)[number];

  @FlagField(
    'Whether the certificate must be valid for `serverName`, or else for the address of the machine (`https`); by default any will do.',
    { optional: true },
  )
  readonly tlsVerify?: boolean;

  @TextField(
    'PEM of the authorities that may have issued the certificate (with `tlsVerify`); the public ones by default.',
    { most: 65_536, optional: true },
  )
  readonly ca?: string;

  @TextField(
    'The name that the server is asked for (`http`), as `Host` and in TLS; its address by default.',
    { most: 253, pattern: SERVER_NAME, rule: 'a name of letters, digits, "." and "-"', optional: true },
  )
  readonly serverName?: string;

  @TextField('A text that the first 64 KiB of the answer have in them (`http`).', {
    most: 1024,
    pattern: /^[\s\S]+$/,
    rule: 'a text, not empty,',
    optional: true,
  })
  readonly bodyContains?: string;

  @TextsField(
    'A program in the guest by its absolute path, and its arguments (`agent`): healthy when it ends with 0. It must end by itself.',
    { most: 64, mostCharacters: 4096, optional: true, example: ['/usr/bin/systemctl', 'is-active', 'web'] },
  )
  readonly command?: readonly string[];

  @WholeField('Between two looks; while it boots, at most 0.25.', 1, 300, {
    unit: 'seconds',
    optional: true,
    default: 2,
  })
  readonly intervalSeconds?: number;

  @WholeField('Until a look counts as failed.', 1, 60, { unit: 'seconds', optional: true, default: 2 })
  readonly timeoutSeconds?: number;

  @WholeField('Successes in a row until healthy.', 1, 100, { optional: true, default: 1 })
  readonly successes?: number;

  @WholeField('Failures in a row until unhealthy.', 1, 100, { optional: true, default: 3 })
  readonly failures?: number;

  @WholeField('From its start, how long a machine may take to become healthy.', 1, 3600, {
    unit: 'seconds',
    optional: true,
    default: 120,
  })
  readonly startPeriodSeconds?: number;
}
