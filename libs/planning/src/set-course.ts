import { shareOf, type RolloutStage, type RolloutStrategy } from '@diecast/model';
import { membersOf, ofStanding } from './fleet.js';
import type { ServiceView } from './service-plan.js';
import { extraMachines, machinesAtStep, strategyOf } from './strategy.js';

/** Where a service is going: what follows from its declaration, its rollout and what is known of its iterations. */
export type Course = {
  readonly kind:
    /** A rollout runs. */
    | 'rollout'
    /** What is declared is kept up. */
    | 'repair'
    /** The last rollout failed and nobody has declared otherwise: what serves stays, of whatever iteration it is. */
    | 'hold';
  readonly strategy: RolloutStrategy;
  /** New machines are of this iteration. */
  readonly iteration: number;
  /** What a rollout replaces: the other iterations that are given requests. Empty when none is. */
  readonly base: ReadonlySet<number>;
  readonly accepts: (iteration: number) => boolean;
  readonly replicas: number;
  /** Machines of accepted iterations that are wanted now: fewer than the replicas at a step of a canary. */
  readonly target: number;
  /** Machines of the base that stay for now, all together, whatever the bounds permit. */
  readonly keep: number;
  /** No machine is let go when that leaves fewer than this many that serve. */
  readonly floor: number;
  /** No machine is cast when that makes more than this many. */
  readonly ceiling: number;
};

const NONE: ReadonlySet<number> = new Set();

/**
 * Without a rollout a replacement may always be one more, even with `maxSurge` 0: a machine that is sick leaves when the
 * one in its place serves. An iteration whose rollout failed is not carried on; then what is missing is cast of the
 * iteration last known to be good, if there is one, and what gets no requests is not counted.
 */
export function setCourse(view: ServiceView): Course {
  const { service, rollout, knownGood } = view;
  const { replicas, shares } = service;
  const { maxSurge, maxUnavailable } = service.rollout;
  const strategy = strategyOf(view);
  const floor = Math.max(0, replicas - maxUnavailable);
  const common = { replicas, target: replicas, keep: 0, strategy };
  if (rollout !== null) {
    const iteration = rollout.toIteration;
    return {
      ...common,
      kind: 'rollout',
      iteration,
      base: findBase(view),
      accepts: (each) => each === iteration,
      floor: strategy === 'recreate' ? 0 : floor,
      ceiling: replicas + extraMachines(strategy, replicas, service.rollout),
    };
  }
  const bounds = { floor, ceiling: replicas + (strategy === 'recreate' ? 0 : Math.max(1, maxSurge)) };
  const { iteration } = service;
  if (knownGood.current)
    return {
      ...common,
      ...bounds,
      kind: 'repair',
      iteration,
      base: NONE,
      accepts: (each) => each === iteration,
    };
  const good = knownGood.other ?? iteration;
  return {
    ...common,
    ...bounds,
    kind: 'hold',
    iteration: good,
    accepts: (each) => each === good || shareOf(shares, each) !== 0,
    base: NONE,
  };
}

/**
 * Whoever takes requests now, of any other iteration: a rollout that was superseded in the middle leaves several, and all
 * of them are needed until they are replaced. Where nobody does, those who could.
 */
function findBase({ service, fleet, rollout, knownGood }: ServiceView): ReadonlySet<number> {
  const others = membersOf(fleet, service.shares).filter(
    ({ iteration }) => iteration !== rollout?.toIteration,
  );
  const serving = ofStanding(others, 'ready', 'held');
  if (serving.length > 0) return new Set(serving.map(({ iteration }) => iteration).toSorted((a, b) => a - b));
  const staged = ofStanding(others, 'staged').map(({ iteration }) => iteration);
  const best =
    staged.find((iteration) => iteration === knownGood.other) ?? staged.toSorted((a, b) => b - a)[0];
  return best === undefined ? NONE : new Set([best]);
}

/** What the stage of a rollout allows of its course. */
export function paceCourse(
  course: Course,
  stage: RolloutStage | null,
  service: ServiceView['service'],
): Course {
  if (stage === null || stage.name === 'retire' || course.base.size === 0) return course;
  if (course.strategy === 'blueGreen') return { ...course, keep: Infinity };
  if (course.strategy !== 'canary') return course;
  const target = machinesAtStep(service, stage.step);
  if (stage.step >= service.rollout.steps.length) return { ...course, target };
  // What a canary is held against is there until it is over, also with few machines.
  return { ...course, target, keep: Math.max(1, course.replicas - target) };
}
