export * from './definition.js';
export * from './journal.js';
export * from './lease-rules.js';
export { backoffMs, nextAction, type Action, type StepPlan } from './next-action.js';
export { createRegistry, type Registry } from './registry.js';
export { planOf } from './plan-of.js';
export { runOperation, type RunDeps } from './run-operation.js';
export type { RunEnd } from './run.js';
