export { FLOWS } from './all.js';
export { checkHealth } from './check-health.js';
export { hostRegister } from './host-register.js';
export { instanceCreate } from './instance-create.js';
export { instanceDiscontinue } from './instance-discontinue.js';
export { instanceMigrate } from './instance-migrate.js';
export type { BlobLibrary, FlowServices, HealthCheck, ImageRules } from './services.js';
