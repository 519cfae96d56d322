import { isInstanceLive, type Instance } from '@diecast/model';

/** What a planner sees of the machines of one service. */
export type FleetView = {
  /** Live ones of the service, with those restored from snapshots; failed ones may be among them. */
  readonly instances: readonly Instance[];
  /** Ids of instances that a running operation works on. */
  readonly busy: ReadonlySet<string>;
  /** Iterations that have a traffic provider: their machines are available only when they are in traffic. */
  readonly withTraffic: ReadonlySet<number>;
};

/**
 * - `ready`: takes requests, and no operation works on it
 * - `held`: takes requests now, but the operation that works on it may be about to take it away
 * - `starting`: on its way to take requests
 * - `sick`: was available and is not healthy
 * - `leaving`: being discontinued
 */
export type Standing = 'ready' | 'held' | 'starting' | 'sick' | 'leaving';

export type Member = { readonly instance: Instance; readonly standing: Standing; readonly busy: boolean };

/** Machines that exist and count as replicas: what was restored from a snapshot is an extra and belongs to its maker. */
export function membersOf(view: FleetView): readonly Member[] {
  return view.instances
    .filter((instance) => instance.restoredFrom === null && isInstanceLive(instance.status))
    .map((instance) => {
      const busy = view.busy.has(instance.id);
      return { instance, busy, standing: standingOf(instance, busy, view.withTraffic) };
    });
}

/** Machines that failed and that nobody has cleared away yet. */
export const failedOf = (view: FleetView): readonly Instance[] =>
  view.instances.filter(
    ({ id, restoredFrom, status }) => restoredFrom === null && status === 'failed' && !view.busy.has(id),
  );

export const countOf = (members: readonly Member[], ...standings: readonly Standing[]): number =>
  members.filter(({ standing }) => standings.includes(standing)).length;

/**
 * The first `count` of the candidates to let go: oldest iteration first, then from the host that has the most of
 * `fleet`, then the oldest machine.
 */
export function chooseToLetGo(
  candidates: readonly Member[],
  count: number,
  fleet: readonly Member[],
): readonly Member[] {
  const perHost = new Map<string | null, number>();
  for (const { instance } of fleet) perHost.set(instance.host, (perHost.get(instance.host) ?? 0) + 1);
  const rest = [...candidates];
  const chosen: Member[] = [];
  while (chosen.length < count && rest.length > 0) {
    rest.sort(
      ({ instance: a }, { instance: b }) =>
        a.iteration - b.iteration ||
        (perHost.get(b.host) ?? 0) - (perHost.get(a.host) ?? 0) ||
        a.createdAt.getTime() - b.createdAt.getTime() ||
        (a.id < b.id ? -1 : 1),
    );
    const [next] = rest.splice(0, 1);
    if (next === undefined) break;
    perHost.set(next.instance.host, (perHost.get(next.instance.host) ?? 0) - 1);
    chosen.push(next);
  }
  return chosen;
}

function standingOf(instance: Instance, busy: boolean, withTraffic: ReadonlySet<number>): Standing {
  if (instance.status === 'draining') return 'leaving';
  if (instance.status !== 'available') return 'starting';
  if (!instance.healthy) return 'sick';
  if (withTraffic.has(instance.iteration) && !instance.inTraffic) return 'starting';
  return busy ? 'held' : 'ready';
}
