import type { Store } from '@diecast/store';
import type { BalancerView, TrafficAction } from '@diecast/traffic';
import type { TrafficMachine } from './traffic-machines.js';

const AT_MOST_EVERY_MS = 5_000;

type Told = { readonly at: number; readonly requests: number; readonly failures: number };

/**
 * Tells the store what the balancer has counted of each machine in traffic: when that has changed, not too often, and in any
 * case before its server goes and takes its counters along.
 */
export function trafficCounts(
  store: Store,
): (
  machines: readonly TrafficMachine[],
  view: BalancerView,
  plan: readonly TrafficAction[],
) => Promise<void> {
  const told = new Map<string, Told>();
  return async (machines, { servers }, plan) => {
    const counted = new Map(servers.map(({ backend, name, served }) => [`${backend}/${name}`, served]));
    const going = new Set(plan.filter(({ kind }) => kind === 'remove').map(({ name }) => name));
    const inTraffic = machines.filter(({ instance }) => instance.inTraffic);
    forget(told, new Set(inTraffic.map(({ instance }) => instance.id)));
    const now = performance.now();
    for (const { instance, wish } of inTraffic) {
      const served = counted.get(`${wish.backend}/${wish.name}`);
      const last = told.get(instance.id);
      if (served === undefined) continue;
      if (served.requests === last?.requests && served.failures === last.failures) continue;
      if (last !== undefined && now - last.at < AT_MOST_EVERY_MS && !going.has(wish.name)) continue;
      await store.instances.recordServed(instance.id, served);
      told.set(instance.id, { at: now, ...served });
    }
  };
}

function forget(told: Map<string, Told>, except: ReadonlySet<string>): void {
  for (const id of told.keys()) if (!except.has(id)) told.delete(id);
}
