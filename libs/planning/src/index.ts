export * from './judge-health.js';
export * from './placement.js';
