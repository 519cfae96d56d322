export * from './store.js';
export { openStore, type StoreOptions } from './open-store.js';
export type { StoreLog } from './store-log.js';
