import { OPERATION_KINDS, OPERATION_STATES, type OperationKind, type OperationStatus } from '@diecast/model';
import { ChoiceField, UuidField } from '../http/fields.js';
import { PageQuery } from '../http/pages.js';

export const KINDS = Object.keys(OPERATION_KINDS) as readonly OperationKind[];
export const OPERATION_STATUSES = Object.keys(OPERATION_STATES) as readonly OperationStatus[];

export class OperationAt {
  @UuidField('Id of the operation.')
  readonly id!: string;
}

export class OperationQuery extends PageQuery {
  @ChoiceField('Only operations with this status.', OPERATION_STATUSES, { optional: true })
  readonly status?: OperationStatus;

  @ChoiceField('Only operations of this kind.', KINDS, { optional: true })
  readonly kind?: OperationKind;
}
