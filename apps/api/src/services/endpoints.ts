import { AppError, canonicalJson, shareOf, type Event, type Instance } from '@diecast/model';
import { followEvents } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { weigh, wishFor } from '@diecast/traffic';
import { requireService } from './services.js';

export type Endpoint = Pick<Instance, 'iteration' | 'host' | 'healthy' | 'inTraffic'> & {
  readonly instanceId: string;
  readonly address: string;
  readonly port: number;
  /** Its part of the requests beside the others of the list, 1 to 256; 0: it is to get none. */
  readonly weight: number;
};

/** Machines of a service that have an address, with what a balancer of one's own should give each. */
export async function endpointsOf(store: Store, name: string): Promise<readonly Endpoint[]> {
  return (await weighedMachines(store, name)).map(({ endpoint }) => endpoint);
}

type Weighed = { readonly endpoint: Endpoint; readonly status: Instance['status'] };

async function weighedMachines(store: Store, name: string): Promise<readonly Weighed[]> {
  const { shares } = await requireService(store, name);
  const machines = (await store.instances.live({ service: name })).filter(({ address }) => address !== null);
  const numbers = new Set(machines.map(({ iteration }) => iteration));
  const iterations = await Promise.all([...numbers].map((number) => store.services.iteration(name, number)));
  const trafficOf = new Map(iterations.map(({ number, spec }) => [number, spec.traffic]));
  const wishes = machines.flatMap((instance) => {
    const traffic = trafficOf.get(instance.iteration);
    return traffic === undefined ? [] : [wishFor(instance, traffic, 0, shareOf(shares, instance.iteration))];
  });
  const entitled = wishes.filter(({ at }) => at !== null);
  const parts = weigh(entitled);
  const weights = new Map(entitled.map(({ instanceId }, index) => [instanceId, parts[index] ?? 0]));
  return machines.flatMap(({ id, iteration, host, address, healthy, inTraffic, status }) => {
    const port = trafficOf.get(iteration)?.port;
    if (address === null || port === undefined) return [];
    const weight = weights.get(id) ?? 0;
    const endpoint = { instanceId: id, iteration, host, address, port, healthy, inTraffic, weight };
    return [{ endpoint, status }];
  });
}

/** One machine as Prometheus wants to hear of it (https://prometheus.io/docs/prometheus/latest/http_sd/). */
export type PrometheusTarget = {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<'service' | 'iteration' | 'instance' | 'host', string>>;
};

/** Machines that run: what is only being made, or waits paused in memory, would be an alarm and is none. */
export async function prometheusTargets(store: Store, name: string): Promise<readonly PrometheusTarget[]> {
  const running = (await weighedMachines(store, name)).filter(
    ({ status }) => status === 'available' || status === 'draining',
  );
  return running.map(({ endpoint: { instanceId, iteration, host, address, port } }) => ({
    targets: [`${address}:${port}`],
    labels: { service: name, iteration: String(iteration), instance: instanceId, host: host ?? '' },
  }));
}

/**
 * The whole list as an event, now and after each change of it, until the service is deleted; an empty batch now and then.
 * @throws AppError `not_found`
 */
export async function* endpointEvents(
  store: Store,
  name: string,
  { idleMs, signal }: { readonly idleMs: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly Event[], void> {
  const after = await store.events.latestId();
  let items = await endpointsOf(store, name);
  yield [listEvent(name, after, items)];
  let silentSince = performance.now();
  for await (const batch of followEvents(store, { after, idleMs, signal })) {
    const last = batch.findLast((event) => concerns(event, name));
    const now = last === undefined ? items : await endpointsUntilDeleted(store, name);
    if (now === undefined) return;
    const news = last !== undefined && canonicalJson(now) !== canonicalJson(items);
    items = now;
    // Others' events are no sign of life to who reads this stream.
    if (!news && performance.now() - silentSince < idleMs) continue;
    silentSince = performance.now();
    yield news ? [listEvent(name, last.id, items)] : [];
  }
}

const concerns = ({ type, resource, data }: Event, name: string): boolean =>
  (type === 'service.changed' && resource.id === name) ||
  (type === 'instance.changed' &&
    data !== null &&
    typeof data === 'object' &&
    'service' in data &&
    data.service === name);

async function endpointsUntilDeleted(store: Store, name: string): Promise<readonly Endpoint[] | undefined> {
  try {
    return await endpointsOf(store, name);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  }
}

const listEvent = (name: string, id: string, items: readonly Endpoint[]): Event => ({
  id,
  at: new Date(),
  type: 'service.endpoints',
  resource: { type: 'service', id: name },
  data: { items: items.map((item) => ({ ...item })) },
});
