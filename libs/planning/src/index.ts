export * from './fleet.js';
export * from './judge-health.js';
export * from './judge-move.js';
export * from './layers.js';
export * from './placement.js';
export * from './plan-drain.js';
export * from './plan-service.js';
export * from './service-plan.js';
