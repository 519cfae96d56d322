export * from './fleet.js';
export * from './judge-health.js';
export * from './placement.js';
export * from './plan-service.js';
export * from './service-plan.js';
