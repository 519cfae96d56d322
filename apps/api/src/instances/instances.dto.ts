import { INSTANCE_STATES, type InstanceStatus } from '@diecast/model';
import { ChoiceField, FlagField, NameField, UuidField, WholeField } from '../http/fields.js';
import { PageQuery } from '../http/pages.js';

export class InstanceAt {
  @UuidField('Id of the machine.')
  readonly id!: string;
}

export const INSTANCE_STATUSES = Object.keys(INSTANCE_STATES) as readonly InstanceStatus[];

export class InstanceQuery extends PageQuery {
  @NameField('Only machines of this service.', { optional: true })
  readonly service?: string;

  @NameField('Only machines on this host.', { optional: true })
  readonly host?: string;

  @ChoiceField('Only machines with this status.', INSTANCE_STATUSES, { optional: true })
  readonly status?: InstanceStatus;
}

export class ReplaceInstance {
  @NameField('Host of the new machine; placement chooses by default.', { optional: true, nullable: true })
  readonly host?: string | null;
}

export class MigrateInstance {
  @NameField('Where to; by default the best host that it is not on.', { optional: true, nullable: true })
  readonly host?: string | null;

  @WholeField('Most bandwidth that the move may take.', 1, 1_000_000, {
    unit: 'MiB per second',
    optional: true,
  })
  readonly bandwidthMiBps?: number;

  @WholeField('Longest pause at the end of the move.', 1, 60_000, { unit: 'milliseconds', optional: true })
  readonly downtimeMs?: number;
}

export class SnapshotInstance {
  @NameField('What you call the snapshot.', { example: 'before-lunch' })
  readonly name!: string;

  @FlagField('With the memory: it goes on where it was. Without: it starts from the disk.', { example: true })
  readonly withMemory!: boolean;

  @FlagField('The guest agent freezes the file systems while the disks are cut, when it answers.', {
    optional: true,
    default: false,
  })
  readonly quiesce?: boolean;
}
