import { ERROR_CODES, type ErrorRecord, type Json, type Operation, type OperationStep } from '@diecast/model';
import {
  AnyShown,
  ChoiceShown,
  FlagShown,
  iso,
  isoOrNull,
  NumberShown,
  ObjectShown,
  TextShown,
  TimeShown,
  UuidShown,
} from '../http/shown.js';
import { KINDS, OPERATION_STATUSES } from './operations.dto.js';

export class ErrorView {
  @ChoiceShown('Stable: branch on it.', Object.keys(ERROR_CODES), { example: 'no_capacity' })
  readonly code!: string;

  @TextShown('What went wrong.', { example: 'No host has room for 512 MiB.' })
  readonly message!: string;

  @AnyShown('Facts for machines, such as the reason against every host.', { required: false })
  readonly details?: Readonly<Record<string, unknown>>;
}

export class ProgressView {
  @NumberShown('From 0 to 100.', { example: 40 })
  readonly percent!: number;

  @TextShown('What it is doing.', { example: 'image to host rack1-a' })
  readonly message!: string;

  @AnyShown('Numbers, each named with its unit.', {
    required: false,
    example: { transferredBytes: 1_048_576 },
  })
  readonly data?: Readonly<Record<string, number>>;
}

const STEP_STATUSES = ['running', 'succeeded', 'failed', 'undoing', 'undone', 'undoFailed'];

export class StepView {
  @TextShown('Name of the step.', { example: 'distribute' })
  readonly name!: string;

  @ChoiceShown('How it went.', STEP_STATUSES, { example: 'succeeded' })
  readonly status!: string;

  @TimeShown('When it began.')
  readonly startedAt!: string;

  @TimeShown('When it ended.', { nullable: true })
  readonly finishedAt!: string | null;

  @ObjectShown('Why it failed.', () => ErrorView, { nullable: true, example: null })
  readonly error!: ErrorView | null;
}

const RESOURCE_TYPES = ['host', 'image', 'service', 'instance', 'snapshot', 'rollout'];

export class ResourceView {
  @ChoiceShown('What it is.', RESOURCE_TYPES, { example: 'service' })
  readonly type!: string;

  @TextShown('Its name, digest or id.', { example: 'web' })
  readonly id!: string;
}

export class OperationView {
  @UuidShown('Id of the operation.')
  readonly id!: string;

  @ChoiceShown('What it does.', KINDS, { example: 'service.rollout' })
  readonly kind!: string;

  @ChoiceShown(
    'A stuck one waits for a person: its error says what to do, then retry or abandon it.',
    OPERATION_STATUSES,
    {
      example: 'running',
    },
  )
  readonly status!: string;

  @ObjectShown('How far it is.', () => ProgressView)
  readonly progress!: ProgressView;

  @ObjectShown('What was done so far.', () => StepView, { isArray: true })
  readonly steps!: readonly StepView[];

  @ObjectShown('What it works on.', () => ResourceView, { isArray: true })
  readonly resources!: readonly ResourceView[];

  @AnyShown('What came out; null until it has succeeded.', { nullable: true, example: null })
  readonly result!: Json;

  @ObjectShown('Why it failed or is stuck.', () => ErrorView, { nullable: true, example: null })
  readonly error!: ErrorView | null;

  @FlagShown('Whether it can still be cancelled.', { example: true })
  readonly mayCancel!: boolean;

  @FlagShown('Whether somebody asked for that.', { example: false })
  readonly cancelRequested!: boolean;

  @UuidShown('The operation that it is a part of.', { nullable: true, example: null })
  readonly parentId!: string | null;

  @TextShown('Name of the token that asked for it, or of the part of Diecast.', { example: 'admin' })
  readonly createdBy!: string;

  @TimeShown('When it was asked for.')
  readonly createdAt!: string;

  @TimeShown('When it began.', { nullable: true })
  readonly startedAt!: string | null;

  @TimeShown('When it ended.', { nullable: true, example: null })
  readonly finishedAt!: string | null;
}

export const operationView = (operation: Operation): OperationView => ({
  id: operation.id,
  kind: operation.kind,
  status: operation.status,
  progress: operation.progress,
  steps: operation.steps.map(stepView),
  resources: operation.resources,
  result: operation.result,
  error: errorView(operation.error),
  mayCancel: operation.mayCancel,
  cancelRequested: operation.cancelRequested,
  parentId: operation.parentId,
  createdBy: operation.createdBy,
  createdAt: iso(operation.createdAt),
  startedAt: isoOrNull(operation.startedAt),
  finishedAt: isoOrNull(operation.finishedAt),
});

const stepView = (step: OperationStep): StepView => ({
  name: step.name,
  status: step.status,
  startedAt: iso(step.startedAt),
  finishedAt: isoOrNull(step.finishedAt),
  error: errorView(step.error),
});

const errorView = (error: ErrorRecord | null): ErrorView | null => error;
