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
