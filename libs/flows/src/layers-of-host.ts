import type { Instance } from '@diecast/model';
import { standsOn, type Layer } from '@diecast/planning';
import type { FlowServices } from './services.js';

/** Every disk layer in the host's pool and whose it is, as the store knows them. */
export async function layersOfHost(
  { store }: Pick<FlowServices, 'store'>,
  host: string,
): Promise<readonly Layer[]> {
  const layers = (await store.hostFiles.onHost(host)).filter((file) => file.kind === 'layer');
  const owners = new Set(layers.map(({ owner }) => owner));
  const snapshots = new Set<string>();
  for (const owner of owners) if ((await store.snapshots.find(owner)) !== undefined) snapshots.add(owner);
  return layers.map(({ name, backing, owner }) => ({ name, backing, owner, frozen: snapshots.has(owner) }));
}

/** Layers of snapshots between the machine's own and the image, topmost first. */
export async function frozenUnder(
  services: Pick<FlowServices, 'store'>,
  { host, activeLayer }: Pick<Instance, 'host' | 'activeLayer'>,
): Promise<readonly string[]> {
  if (host === null || activeLayer === null) return [];
  // The last is the image itself.
  return standsOn(activeLayer, await layersOfHost(services, host)).slice(0, -1);
}
