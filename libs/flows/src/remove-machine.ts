import { layerFileName, type Host, type Instance } from '@diecast/model';
import type { FlowServices } from './services.js';

/** Ends the machine and removes what only it used. Does nothing twice. */
export async function removeMachine(
  { store, hypervisors }: Pick<FlowServices, 'store' | 'hypervisors'>,
  host: Host,
  instance: Pick<Instance, 'id'>,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const on = hypervisors.at(host);
  await on.machines.stopMachine(instance.id, graceMs, { signal });
  const files = await store.hostFiles.byOwner(instance.id);
  const names = new Set([layerFileName(instance.id), ...files.filter(isOn(host)).map((file) => file.name)]);
  for (const name of names) {
    // A frozen layer that others stand on belongs to its snapshot, and is not among these.
    if ((await store.hostFiles.dependants(host.name, name)).length > 0) continue;
    await on.files.deleteFile(name, { signal });
    await store.hostFiles.remove(host.name, name);
  }
}

const isOn =
  (host: Host) =>
  (file: { readonly host: string }): boolean =>
    file.host === host.name;
