import { isInstanceLive, shareOf, type Instance, type RolloutSpec, type Shares } from '@diecast/model';

/** A machine that an open operation is about to make. It has a row only when that operation has placed it. */
export type Coming = {
  readonly id: string;
  readonly iteration: number;
  readonly since: Date;
  /** Whether the operation can still be cancelled, and serves nothing but this cast. */
  readonly mayCallOff: boolean;
};

/** What a planner sees of the machines of one service. All of it belongs to one moment. */
export type FleetView = {
  /** Live ones of the service, with those restored from snapshots, and failed ones that nobody has cleared away. */
  readonly instances: readonly Instance[];
  readonly coming: readonly Coming[];
  /** Ids of instances that an open operation works on. */
  readonly busy: ReadonlySet<string>;
  /** Ids of those among them that are being woken. */
  readonly waking: ReadonlySet<string>;
  /** Iterations that have a traffic provider: their machines are available only when they are in traffic. */
  readonly withTraffic: ReadonlySet<number>;
};

/**
 * - `ready`: takes requests, and no operation works on it
 * - `held`: takes requests now, but the operation that works on it may be about to take it away
 * - `staged`: healthy, and its iteration has no part of the requests
 * - `starting`: on its way to take requests
 * - `sick`: was available and is not healthy
 * - `leaving`: being discontinued or parked
 * - `standby`: paused in memory
 */
export type Standing = 'ready' | 'held' | 'staged' | 'starting' | 'sick' | 'leaving' | 'standby';

export type Member = Pick<
  Instance,
  'id' | 'iteration' | 'host' | 'status' | 'createdAt' | 'availableAt' | 'standbyAt' | 'statusReason'
> & {
  readonly standing: Standing;
  readonly busy: boolean;
  readonly mayCallOff: boolean;
};

/**
 * Machines that exist or are about to, and count as replicas: what was restored from a snapshot is an extra and
 * belongs to its maker.
 * @param shares of the service
 */
export function membersOf(view: FleetView, shares: Shares | null): readonly Member[] {
  const coming = new Map(view.coming.map((each) => [each.id, each]));
  const placed = view.instances
    .filter((instance) => instance.restoredFrom === null && isInstanceLive(instance.status))
    .map((instance) => {
      const busy = view.busy.has(instance.id);
      return {
        ...instance,
        busy,
        mayCallOff: coming.get(instance.id)?.mayCallOff ?? false,
        standing: standingOf(instance, { busy, isComing: coming.has(instance.id) }, view, shares),
      };
    });
  const known = new Set(view.instances.map(({ id }) => id));
  return [...placed, ...view.coming.filter(({ id }) => !known.has(id)).map(unplaced)];
}

/** Machines that failed and that nobody has cleared away yet. */
export const failedOf = (view: FleetView): readonly Instance[] =>
  view.instances.filter(
    ({ id, restoredFrom, status }) => restoredFrom === null && status === 'failed' && !view.busy.has(id),
  );

export const ofStanding = (
  members: readonly Member[],
  ...standings: readonly Standing[]
): readonly Member[] => members.filter(({ standing }) => standings.includes(standing));

export const countOf = (members: readonly Member[], ...standings: readonly Standing[]): number =>
  ofStanding(members, ...standings).length;

/**
 * The first `count` of the candidates to let go: oldest iteration first, then (`spread`) from the host that has the most of
 * `fleet`, then the oldest machine.
 */
export function chooseToLetGo(
  candidates: readonly Member[],
  count: number,
  fleet: readonly Member[],
  order: RolloutSpec['order'],
): readonly Member[] {
  const perHost = new Map<string | null, number>();
  if (order === 'spread') for (const { host } of fleet) perHost.set(host, (perHost.get(host) ?? 0) + 1);
  const rest = [...candidates];
  const chosen: Member[] = [];
  while (chosen.length < count && rest.length > 0) {
    rest.sort(
      (a, b) =>
        a.iteration - b.iteration ||
        (perHost.get(b.host) ?? 0) - (perHost.get(a.host) ?? 0) ||
        a.createdAt.getTime() - b.createdAt.getTime() ||
        (a.id < b.id ? -1 : 1),
    );
    const [next] = rest.splice(0, 1);
    if (next === undefined) break;
    perHost.set(next.host, (perHost.get(next.host) ?? 0) - 1);
    chosen.push(next);
  }
  return chosen;
}

function standingOf(
  instance: Instance,
  { busy, isComing }: { readonly busy: boolean; readonly isComing: boolean },
  { withTraffic, waking }: Pick<FleetView, 'withTraffic' | 'waking'>,
  shares: Shares | null,
): Standing {
  if (instance.status === 'draining') return 'leaving';
  if (instance.status === 'standby') return waking.has(instance.id) ? 'starting' : 'standby';
  if (instance.status !== 'available') return 'starting';
  // The operation that makes it calls it available first and healthy a moment later.
  if (!instance.healthy) return isComing ? 'starting' : 'sick';
  if (shareOf(shares, instance.iteration) === 0) return 'staged';
  if (withTraffic.has(instance.iteration) && !instance.inTraffic) return 'starting';
  return busy ? 'held' : 'ready';
}

const unplaced = ({ id, iteration, since, mayCallOff }: Coming): Member => ({
  id,
  iteration,
  host: null,
  status: 'pending',
  statusReason: null,
  createdAt: since,
  availableAt: null,
  standbyAt: null,
  standing: 'starting',
  busy: true,
  mayCallOff,
});
