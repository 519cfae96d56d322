import type { ServiceView } from './service-plan.js';

/** Where a service is going: what follows from its declaration, its rollout and what is known of its iterations. */
export type Course = {
  readonly kind:
    /** A rollout runs. */
    | 'rollout'
    /** What is declared is kept up. */
    | 'repair'
    /** The last rollout failed and nobody has declared otherwise: what serves stays, of whatever iteration it is. */
    | 'hold';
  /** New machines are of this iteration. */
  readonly iteration: number;
  readonly accepts: (iteration: number) => boolean;
  readonly replicas: number;
  /** No machine is let go when that leaves fewer than this many that serve. */
  readonly floor: number;
  /** No machine is cast when that makes more than this many. */
  readonly ceiling: number;
};

/**
 * Without a rollout a replacement may always be one more, even with `maxSurge` 0: a machine that is sick leaves when the
 * one in its place serves. An iteration whose rollout failed is not carried on; then what is missing is cast of the
 * iteration last known to be good, if there is one.
 */
export function setCourse({ service, rollout, knownGood }: ServiceView): Course {
  const { replicas } = service;
  const { maxSurge, maxUnavailable } = service.rollout;
  const floor = Math.max(0, replicas - maxUnavailable);
  if (rollout !== null) {
    const iteration = rollout.toIteration;
    const accepts = (each: number): boolean => each === iteration;
    return { kind: 'rollout', iteration, accepts, replicas, floor, ceiling: replicas + maxSurge };
  }
  const ceiling = replicas + Math.max(1, maxSurge);
  if (knownGood.current) {
    const { iteration } = service;
    return {
      kind: 'repair',
      iteration,
      accepts: (each) => each === iteration,
      replicas,
      floor,
      ceiling,
    };
  }
  const iteration = knownGood.other ?? service.iteration;
  return { kind: 'hold', iteration, accepts: () => true, replicas, floor, ceiling };
}
