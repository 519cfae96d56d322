import type { ReceiptMachine } from '@diecast/planning';
import {
  DigestShown,
  iso,
  isoOrNull,
  NumberShown,
  ObjectShown,
  TextShown,
  TimeShown,
  UuidShown,
  WholeShown,
} from '../http/shown.js';
import type { ToldReceipt } from './receipts.js';
import { rolloutFields, RolloutView } from './rollouts.view.js';

export class ReceiptMachineView {
  @UuidShown('The machine.')
  readonly instanceId!: string;

  @WholeShown('Its iteration.', { example: 3 })
  readonly iteration!: number;

  @TextShown('Where it is, or was.', { nullable: true, example: 'rack1-a' })
  readonly host!: string | null;

  @TimeShown('When it was asked for.')
  readonly castAt!: string;

  @TimeShown('When its start was over and its checks began.', { nullable: true })
  readonly assembledAt!: string | null;

  @TimeShown('When it became available.', { nullable: true })
  readonly availableAt!: string | null;

  @TimeShown('When it was last let into traffic.', { nullable: true })
  readonly inTrafficAt!: string | null;

  @TimeShown('When it got out of traffic since; null while it is in.', { nullable: true, example: null })
  readonly drainedAt!: string | null;

  @TimeShown('Since when it has been waiting, paused in memory.', { nullable: true, example: null })
  readonly standbyAt!: string | null;

  @TimeShown('When it was discontinued or failed.', { nullable: true, example: null })
  readonly goneAt!: string | null;

  @WholeShown('In its whole life so far; null: nobody has counted.', { nullable: true, example: 40_961 })
  readonly requests!: number | null;

  @WholeShown('Those of them that failed by its fault.', { nullable: true, example: 0 })
  readonly failures!: number | null;
}

export class ImagesView {
  @DigestShown('Null for the first.', { nullable: true })
  readonly from!: string | null;

  @DigestShown('What its new machines are cast from.')
  readonly to!: string;
}

export class ReceiptView {
  @ObjectShown('Machines of both iterations, oldest first.', () => ReceiptMachineView, { isArray: true })
  readonly machines!: readonly ReceiptMachineView[];

  @NumberShown('How long it took, or has taken so far.', { example: 38.2 })
  readonly seconds!: number;

  @NumberShown('How long machines of both iterations were in traffic.', { example: 12.1 })
  readonly overlapSeconds!: number;

  @WholeShown('Of these machines together, in their whole lives so far; null: nobody has counted.', {
    nullable: true,
    example: 81_922,
  })
  readonly requests!: number | null;

  @WholeShown('Those of them that failed by the fault of a machine.', { nullable: true, example: 0 })
  readonly failures!: number | null;

  @ObjectShown('What the machines were cast from.', () => ImagesView)
  readonly images!: ImagesView;

  @TextShown('The rollout for people, line by line.', {
    isArray: true,
    example: ['Rollout 4 of web (declared): iteration 2 → iteration 3'],
  })
  readonly story!: readonly string[];
}

/** A rollout with what it has come to. */
export class WholeRolloutView extends RolloutView {
  @ObjectShown('What it has come to, or has come to so far.', () => ReceiptView)
  readonly receipt!: ReceiptView;
}

export const wholeRolloutView = ({ rollout, receipt, story }: ToldReceipt): WholeRolloutView => ({
  ...rolloutFields(rollout),
  receipt: { ...receipt, machines: receipt.machines.map(machineView), story },
});

const machineView = (machine: ReceiptMachine): ReceiptMachineView => ({
  ...machine,
  castAt: iso(machine.castAt),
  assembledAt: isoOrNull(machine.assembledAt),
  availableAt: isoOrNull(machine.availableAt),
  inTrafficAt: isoOrNull(machine.inTrafficAt),
  drainedAt: isoOrNull(machine.drainedAt),
  standbyAt: isoOrNull(machine.standbyAt),
  goneAt: isoOrNull(machine.goneAt),
});
