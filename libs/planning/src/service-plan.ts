import type { HostStatus, Progress, Rollout, RolloutStage, Service, Shares } from '@diecast/model';
import type { FleetView } from './fleet.js';

/** One try at making a machine that has ended, however it ended. */
export type CastAttempt = {
  readonly iteration: number;
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  /** Whether the machine itself was at fault (it never became healthy), and not what surrounds it. */
  readonly unhealthy: boolean;
  /** Whether no host could take it. */
  readonly noRoom: boolean;
  /** What the failed operation said; empty otherwise. */
  readonly message: string;
  readonly at: Date;
};

export type RunningRollout = Pick<
  Rollout,
  | 'number'
  | 'fromIteration'
  | 'toIteration'
  | 'trigger'
  | 'stage'
  | 'pausedAt'
  | 'resumedAt'
  | 'promotions'
  | 'findings'
  | 'startedAt'
>;

/** Everything that decides what a service needs next, all of one moment. */
export type ServiceView = {
  readonly service: Pick<Service, 'name' | 'iteration' | 'replicas' | 'rollout' | 'shares' | 'status'>;
  /** The running one. */
  readonly rollout: RunningRollout | null;
  /** When the last one ended; null: there was none. */
  readonly settledAt: Date | null;
  readonly fleet: FleetView;
  readonly hosts: ReadonlyMap<string, HostStatus>;
  /** Hosts that have missed a look: what is sick on them may be sick because they are gone. */
  readonly quiet: ReadonlySet<string>;
  /** Newest first; as many as the store remembers conveniently. */
  readonly attempts: readonly CastAttempt[];
  readonly knownGood: {
    /** Whether the service's own iteration ever served with all replicas. */
    readonly current: boolean;
    /** The other iteration that was last known to be good. */
    readonly other: number | null;
  };
};

/** A machine to be made. Which host it goes to is decided when it is made. */
export type Cast = { readonly iteration: number; readonly reason: string };
/** Something done to a machine that is there. */
export type Deed = { readonly instanceId: string; readonly reason: string };
export type Wait = { readonly reason: string; readonly instanceId?: string };

/** What becomes of the running rollout; without one it always continues. */
export type Verdict =
  | { readonly outcome: 'continue' }
  | { readonly outcome: 'succeeded' }
  | { readonly outcome: 'failed'; readonly reason: string }
  | { readonly outcome: 'rollBack'; readonly to: number; readonly reason: string };

/** What to do next, and why. A plan whose verdict ends the rollout has no actions: the next look decides anew. */
export type ServicePlan = {
  readonly cast: readonly Cast[];
  /** Machines that are being made and that nobody wants any more: cancel what makes them. */
  readonly callOff: readonly Deed[];
  /** Half-made machines that no operation works on any more: they have failed. */
  readonly fail: readonly Deed[];
  readonly discontinue: readonly Deed[];
  /** Out of traffic, and paused in memory. */
  readonly park: readonly Deed[];
  /** Woken up, to serve. */
  readonly resume: readonly Deed[];
  readonly wait: readonly Wait[];
  /** Who is to get which part of the requests from now on; the service's own when nothing changes. */
  readonly shares: Shares | null;
  /** Null without a rollout, as `progress`. */
  readonly stage: RolloutStage | null;
  readonly progress: Progress | null;
  readonly verdict: Verdict;
  /** The service's iteration serves with all its replicas: it is to be remembered as good. */
  readonly provesGood: boolean;
};
