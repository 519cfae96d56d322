export {
  ConfigError,
  configOrExit,
  EXIT_CONFIG,
  exitForConfig,
  readConfig,
  requireCluster,
  type Config,
  type Environment,
} from './config/config.js';
export { CONFIG_TABLE, renderConfigurationPage, type ConfigRow } from './config/configuration-page.js';
export type { SignatureKey } from './config/signature-keys.js';
export { createLogger, nestLogger, type Logger } from './logging/create-logger.js';
export { requestIdOf, requestLog } from './logging/request-log.js';
export { bodyErrors, onlyJson } from './errors/body-errors.js';
export { PROBLEM_TYPE, problemOf, toPublicError, type Problem } from './errors/problem.js';
export { renderErrorsPage } from './errors/errors-page.js';
export { ProblemFilter } from './errors/problem-filter.js';
export { invalid, strictValidation, toInvalid } from './errors/validation.js';
export { AuthGuard, principalOf } from './auth/auth-guard.js';
export { listRoutes, requireRules, type Route } from './auth/routes.js';
export { Public, RequireRole, type Rule } from './auth/rules.js';
export {
  authenticate,
  authorise,
  basicPasswordOf,
  bearerOf,
  ensureAdminToken,
  hashToken,
  makeToken,
} from './auth/tokens.js';
export { onceByKey, type Answer, type MutationRequest } from './requests/idempotency.js';
export {
  IF_BUSY,
  MAX_WAIT_SECONDS,
  parseIfBusy,
  parseWait,
  waitForOperation,
  type IfBusy,
} from './requests/wait.js';
export { followEvents } from './events/follow-events.js';
export { openBlobFolder, type BlobFolder } from './blobs/blob-folder.js';
export { createMetrics, type Metrics } from './metrics/metrics.js';
export { requestMetrics } from './metrics/request-metrics.js';
export { runProgram, type Opened } from './run-program.js';
export { requireReady, type Dependency } from './health.js';
