import type { AnyOperation } from '@diecast/operations';
import { hostDrain } from './host-drain.js';
import { hostRegister } from './host-register.js';
import { imageDelete } from './image-delete.js';
import { imageImport } from './image-import.js';
import { imageProve } from './image-prove.js';
import { instanceCreate } from './instance-create.js';
import { instanceDiscontinue } from './instance-discontinue.js';
import { instanceMigrate } from './instance-migrate.js';
import { instancePark } from './instance-park.js';
import { instanceReplace } from './instance-replace.js';
import { instanceResume } from './instance-resume.js';
import { instanceSnapshot } from './instance-snapshot.js';
import { serviceDelete } from './service-delete.js';
import type { FlowServices } from './services.js';
import { snapshotDelete } from './snapshot-delete.js';
import { snapshotRestore } from './snapshot-restore.js';

/** Every operation that has steps. A worker refuses to start when one of the model's kinds is missing here. */
export const FLOWS: readonly AnyOperation<FlowServices>[] = [
  hostDrain,
  hostRegister,
  imageDelete,
  imageImport,
  imageProve,
  instanceCreate,
  instanceDiscontinue,
  instanceMigrate,
  instancePark,
  instanceReplace,
  instanceResume,
  instanceSnapshot,
  serviceDelete,
  snapshotDelete,
  snapshotRestore,
];
