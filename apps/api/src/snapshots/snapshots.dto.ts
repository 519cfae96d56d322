import { UuidField } from '../http/fields.js';
import { PageQuery } from '../http/pages.js';

export class SnapshotAt {
  @UuidField('Id of the snapshot.')
  readonly id!: string;
}

export class SnapshotQuery extends PageQuery {
  @UuidField('Only snapshots of this machine.', { optional: true })
  readonly instanceId?: string;
}
