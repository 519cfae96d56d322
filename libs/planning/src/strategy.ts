import type { RolloutSpec, RolloutStage, RolloutStrategy } from '@diecast/model';
import type { RunningRollout, ServiceView } from './service-plan.js';

/** Back to what was good before: as fast as the bounds permit, whatever the strategy for something new is. */
export const isReturn = ({ trigger }: Pick<RunningRollout, 'trigger'>): boolean =>
  trigger === 'rollback' || trigger === 'automaticRollback' || trigger === 'abort';

/**
 * How a running rollout goes about it. A first set, a set that only grows or shrinks, and a way back have nothing to try
 * out; what must not run twice never does.
 */
export function strategyOf({ service, rollout }: Pick<ServiceView, 'service' | 'rollout'>): RolloutStrategy {
  const { strategy } = service.rollout;
  if (rollout === null || strategy === 'recreate') return strategy === 'recreate' ? strategy : 'rolling';
  const triesNothing = isReturn(rollout) || rollout.fromIteration === null || rollout.trigger === 'scale';
  return triesNothing ? 'rolling' : strategy;
}

/** How many machines more than the replicas a rollout by a strategy may have at once. */
export function extraMachines(
  strategy: RolloutStrategy,
  replicas: number,
  { maxSurge }: Pick<RolloutSpec, 'maxSurge'>,
): number {
  if (strategy === 'recreate') return 0;
  if (strategy === 'blueGreen') return replicas;
  // What a canary is held against stays beside it.
  return Math.max(strategy === 'canary' ? 1 : 0, maxSurge);
}

/** Machines of a new iteration that a step of a canary has; all of them when its steps are over. */
export function machinesAtStep({ replicas, rollout }: ServiceView['service'], step: number): number {
  const weight = rollout.steps[step]?.weight ?? 100;
  return Math.min(replicas, Math.ceil((replicas * weight) / 100));
}

/** Where a rollout stands by what is stored of it. */
export const stageOf = (rollout: RunningRollout): RolloutStage =>
  rollout.stage ?? { name: 'cast', step: 0, promotions: 0, since: rollout.startedAt.toISOString() };
