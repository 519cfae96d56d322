export * from './definition.js';
export * from './journal.js';
export { backoffMs, nextAction, type Action, type StepPlan } from './next-action.js';
export { createRegistry, type Registry } from './registry.js';
export { planOf } from './plan-of.js';
export { runOperation, type RunDeps, type RunEnd } from './run-operation.js';
