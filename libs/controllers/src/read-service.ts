import type { Host, Rollout, Service } from '@diecast/model';
import type { ServiceView } from '@diecast/planning';
import type { EndedCast, Store } from '@diecast/store';
import { busyIds, comingTo, wakingIds } from './open-work.js';

/** More than any row of failures that makes a difference. */
const ATTEMPTS = 50;

/** What the planner is shown, and what is needed to act on its plan. */
export type ServiceSight = {
  readonly view: ServiceView;
  readonly service: Service;
  readonly rollout: Rollout | undefined;
  /** Operations that make machines, by the machine. */
  readonly makers: ReadonlyMap<string, string>;
};

/** A service with its machines, operations and hosts, as they were together at one moment. */
export function readService(store: Store, name: string, now: Date): Promise<ServiceSight | undefined> {
  return store.look(async (moment) => {
    const service = await moment.services.find(name);
    if (service === undefined || service.status === 'deleted') return undefined;
    const rollout = await moment.rollouts.running(name);
    const instances = await moment.instances.reserved({ service: name });
    const open = await moment.operations.open();
    const coming = comingTo(name, open);
    const hosts = await moment.hosts.all();
    const casts = await moment.operations.endedCasts(name, ATTEMPTS);
    const current = await moment.services.iteration(name, service.iteration);
    const other = await moment.services.lastKnownGood(name, service.iteration);
    const view: ServiceView = {
      service,
      rollout: rollout ?? null,
      settledAt: await settledAt(moment, name),
      fleet: {
        instances,
        coming,
        busy: busyIds(open),
        waking: wakingIds(open),
        withTraffic: await withTraffic(
          moment,
          name,
          instances.map(({ iteration }) => iteration),
        ),
      },
      hosts: new Map(hosts.map((host) => [host.name, host.status])),
      quiet: new Set(hosts.filter((host) => isQuiet(host, now)).map(({ name }) => name)),
      attempts: casts.map(toAttempt),
      knownGood: { current: current.knownGoodAt !== null, other },
    };
    const makers = new Map(coming.map(({ id, operationId }) => [id, operationId]));
    return { view, service, rollout, makers };
  });
}

/** Two looks of the host watch and a little. */
const QUIET_AFTER_MS = 6_000;

const isQuiet = ({ lastSeenAt }: Host, now: Date): boolean =>
  lastSeenAt !== null && now.getTime() - lastSeenAt.getTime() > QUIET_AFTER_MS;

async function settledAt(moment: Store, service: string): Promise<Date | null> {
  const { items } = await moment.rollouts.list(service, { limit: 2 });
  return items.find(({ finishedAt }) => finishedAt !== null)?.finishedAt ?? null;
}

async function withTraffic(
  moment: Store,
  service: string,
  iterations: readonly number[],
): Promise<ReadonlySet<number>> {
  const having = new Set<number>();
  for (const number of new Set(iterations)) {
    const { spec } = await moment.services.iteration(service, number);
    if (spec.traffic.provider !== 'none') having.add(number);
  }
  return having;
}

const toAttempt = ({ iteration, status, error, finishedAt }: EndedCast) => ({
  iteration,
  outcome: status,
  unhealthy: error?.code === 'unhealthy',
  noRoom: error?.code === 'no_capacity' || error?.code === 'no_address',
  message: error?.message ?? '',
  at: finishedAt,
});
