export { FLOWS } from './all.js';
export { askAgent } from './ask-agent.js';
export { checkHealth } from './check-health.js';
export { eachAtMost } from './each-at-most.js';
export { hostDrain } from './host-drain.js';
export { hostRegister } from './host-register.js';
export { imageDelete } from './image-delete.js';
export { imageImport } from './image-import.js';
export { imageProve } from './image-prove.js';
export { instanceCreate } from './instance-create.js';
export { instanceDiscontinue } from './instance-discontinue.js';
export { instanceMigrate } from './instance-migrate.js';
export { instancePark } from './instance-park.js';
export { instanceReplace } from './instance-replace.js';
export { instanceResume } from './instance-resume.js';
export { instanceSnapshot } from './instance-snapshot.js';
export { serviceDelete } from './service-delete.js';
export {
  guardServices,
  type BlobLibrary,
  type FlowServices,
  type HealthCheck,
  type HealthLook,
  type ImageRules,
} from './services.js';
export { snapshotDelete } from './snapshot-delete.js';
export { snapshotRestore } from './snapshot-restore.js';
