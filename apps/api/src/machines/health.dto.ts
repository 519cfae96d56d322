import { ChoiceField, TextField, WholeField } from '../http/fields.js';

export const HEALTH_KINDS = ['http', 'tcp', 'agent'] as const;
const PATH = /^\/[\x21-\x7e]*$/;

/** When a machine counts as healthy, and when no longer. */
export class HealthBody {
  @ChoiceField(
    '`http`: a GET answers the status. `tcp`: the port accepts. `agent`: the QEMU guest agent answers.',
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

  @WholeField('Between two looks.', 1, 300, { unit: 'seconds', optional: true, default: 2 })
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
