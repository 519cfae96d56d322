export * from './store.js';
export { openStore, type StoreLog, type StoreOptions } from './open-store.js';
