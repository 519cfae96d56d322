import { AppError, shareOf, type Instance, type TrafficSpec } from '@diecast/model';
import type { Store } from '@diecast/store';
import { DEFAULT_DRAIN_SECONDS, wishFor, type TrafficWish } from '@diecast/traffic';

/** A machine of an iteration that wants its requests through the balancer. */
export type TrafficMachine = {
  readonly instance: Instance;
  readonly traffic: TrafficSpec;
  readonly wish: TrafficWish;
};

/** Reads all of them. Iterations never change, so that each is asked for once. */
export function trafficMachines(store: Store): () => Promise<readonly TrafficMachine[]> {
  const specs = new Map<string, TrafficSpec>();

  async function specOf({ service, iteration }: Instance): Promise<TrafficSpec> {
    const key = `${service}/${iteration}`;
    const spec = specs.get(key) ?? (await store.services.iteration(service, iteration)).spec.traffic;
    specs.set(key, spec);
    return spec;
  }

  return async () => {
    const [instances, services] = await Promise.all([store.instances.live(), store.services.live()]);
    const byName = new Map(services.map((service) => [service.name, service]));
    const machines: TrafficMachine[] = [];
    for (const instance of instances) {
      // What boots to prove its image belongs to no iteration and serves nobody.
      if (instance.iteration === 0) continue;
      const traffic = await specOf(instance);
      if (traffic.provider !== 'haproxy') continue;
      const service = byName.get(instance.service);
      const seconds = service?.rollout.drainSeconds ?? DEFAULT_DRAIN_SECONDS;
      const share = shareOf(service?.shares ?? null, instance.iteration);
      machines.push({ instance, traffic, wish: wishFor(instance, traffic, seconds, share) });
    }
    return machines;
  };
}

/**
 * Notes that a machine may get requests from now on, unless it was told to leave since we looked. The row is held while
 * we decide: whoever sets it to `draining` does so before, and we see it, or after, and sees `inTraffic`.
 * @throws AppError `conflict` when it is not to get requests any more
 */
export async function noteAdmission(store: Store, { instance, traffic }: TrafficMachine): Promise<void> {
  await store.transaction(async (store) => {
    const now = await store.instances.update(instance.id, { inTraffic: true });
    const { shares } = await store.services.require(now.service);
    const { at, reason } = wishFor(now, traffic, 0, shareOf(shares, now.iteration));
    if (at !== null) return;
    throw new AppError('conflict', `Instance ${instance.id} is not let into traffic: ${reason}.`);
  });
}
