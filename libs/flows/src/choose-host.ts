import type { IterationSpec } from '@diecast/model';
import { placementOf, requirePlacement, roomsOf, type HostRoom, type PlacementWish } from '@diecast/planning';
import type { Store } from '@diecast/store';

async function readRooms(store: Store, service: string): Promise<readonly HostRoom[]> {
  const [hosts, load, ofService] = await Promise.all([
    store.hosts.all(),
    store.instances.load(),
    store.instances.live({ service }),
  ]);
  return roomsOf(hosts, load, ofService);
}

/** @throws AppError `no_capacity` with the reason against every host */
export async function chooseHost(
  store: Store,
  service: string,
  spec: IterationSpec,
  wish: PlacementWish,
): Promise<string> {
  return requirePlacement(placementOf(service, spec, wish), await readRooms(store, service)).host;
}
