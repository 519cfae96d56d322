import type { FlowServices } from '@diecast/flows';
import type { QueueLog } from '@diecast/queue';

export type ControllerLog = QueueLog;
/** All that a controller may touch: what flows may, and a log of its own. */
export type ControllerDeps = FlowServices & { readonly log: ControllerLog };

/** Who asked for an operation that a controller has started. */
export const CREATED_BY = 'diecast';
