import { SNAPSHOT_STATES, type Snapshot } from '@diecast/model';
import {
  ChoiceShown,
  FlagShown,
  iso,
  NumberShown,
  TextShown,
  TimeShown,
  UuidShown,
  WholeShown,
} from '../http/shown.js';

export class SnapshotView {
  @UuidShown('Id of the snapshot.')
  readonly id!: string;

  @UuidShown('The machine that it was taken of.')
  readonly instanceId!: string;

  @TextShown('Service of that machine.', { example: 'web' })
  readonly service!: string;

  @WholeShown('Iteration of that machine.', { example: 3 })
  readonly iteration!: number;

  @TextShown('Host that its files are on.', { example: 'rack1-a' })
  readonly host!: string;

  @TextShown('What you called it.', { example: 'before-lunch' })
  readonly name!: string;

  @FlagShown('Whether it goes on where it was, or starts from the disk.', { example: true })
  readonly withMemory!: boolean;

  @ChoiceShown('How far it is.', Object.keys(SNAPSHOT_STATES), { example: 'ready' })
  readonly status!: string;

  @TextShown('Why it has this status.', { nullable: true, example: null })
  readonly statusReason!: string | null;

  @ChoiceShown('Whether the guest agent froze the file systems.', ['agent', 'none', 'failed'], {
    nullable: true,
    example: 'none',
  })
  readonly quiesce!: string | null;

  @NumberShown('Milliseconds that the machine stood still, as QEMU itself says.', {
    nullable: true,
    example: 52,
  })
  readonly pauseMilliseconds!: number | null;

  @WholeShown('Bytes of its files.', { nullable: true, example: 134_217_728 })
  readonly sizeBytes!: number | null;

  @TimeShown('When it was asked for.')
  readonly createdAt!: string;
}

export const snapshotView = (snapshot: Snapshot): SnapshotView => ({
  id: snapshot.id,
  instanceId: snapshot.instanceId,
  service: snapshot.service,
  iteration: snapshot.iteration,
  host: snapshot.host,
  name: snapshot.name,
  withMemory: snapshot.withMemory,
  status: snapshot.status,
  statusReason: snapshot.statusReason,
  quiesce: snapshot.quiesce,
  pauseMilliseconds: snapshot.pauseMilliseconds,
  sizeBytes: snapshot.sizeBytes,
  createdAt: iso(snapshot.createdAt),
});
