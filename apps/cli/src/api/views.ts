/**
 * What the API answers, from its own declarations: a field that it renames no longer compiles here. Types alone: nothing of
 * the server is in this program.
 */
import type { EventView as EventOfApi } from '../../../api/src/events/events.view.js';
import type { HostView as HostOfApi } from '../../../api/src/hosts/hosts.view.js';
import type { ImageView as ImageOfApi } from '../../../api/src/images/images.view.js';
import type { InstanceView as InstanceOfApi } from '../../../api/src/instances/instances.view.js';
import type { OperationView as OperationOfApi } from '../../../api/src/operations/operations.view.js';
import type {
  FieldChangeView as FieldChangeOfApi,
  PlanView as PlanOfApi,
} from '../../../api/src/services/plan.view.js';
import type { WholeRolloutView as WholeRolloutOfApi } from '../../../api/src/services/receipts.view.js';
import type {
  NoteView as NoteOfApi,
  RolloutView as RolloutOfApi,
} from '../../../api/src/services/rollouts.view.js';
import type {
  ServiceSummaryView as ServiceSummaryOfApi,
  ServiceView as ServiceOfApi,
} from '../../../api/src/services/services.view.js';
import type { SnapshotView as SnapshotOfApi } from '../../../api/src/snapshots/snapshots.view.js';

/** As it comes over the wire: the fields, and no class. */
type Sent<View> = { readonly [Field in keyof View]: View[Field] };

export type EventView = Sent<EventOfApi>;
export type HostView = Sent<HostOfApi>;
export type ImageView = Sent<ImageOfApi>;
export type InstanceView = Sent<InstanceOfApi>;
export type OperationView = Sent<OperationOfApi>;
export type FieldChangeView = Sent<FieldChangeOfApi>;
export type NoteView = Sent<NoteOfApi>;
export type PlanView = Sent<PlanOfApi>;
export type RolloutView = Sent<RolloutOfApi>;
export type ServiceSummaryView = Sent<ServiceSummaryOfApi>;
export type ServiceView = Sent<ServiceOfApi>;
export type SnapshotView = Sent<SnapshotOfApi>;
export type WholeRolloutView = Sent<WholeRolloutOfApi>;
