import type { Host, Instance } from '@diecast/model';
import type { FlowServices } from './services.js';

type Needs = Pick<FlowServices, 'store' | 'hypervisors'>;

/** Takes a file away from the host, then from the store: in this order the store never forgets one that is there. */
export async function removeFile(
  { store, hypervisors }: Needs,
  host: Host,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  await hypervisors.at(host).files.deleteFile(name, signal === undefined ? {} : { signal });
  await store.hostFiles.remove(host.name, name);
}

/** What snapshots froze of the machine is theirs, and stays. */
export async function removeFilesOf(
  services: Needs,
  host: Host,
  instance: Pick<Instance, 'id'>,
  signal?: AbortSignal,
): Promise<void> {
  for (const { host: on, name } of await services.store.hostFiles.byOwner(instance.id))
    if (on === host.name) await removeFile(services, host, name, signal);
}

/**
 * Ends the machine and removes what is its own. What snapshots froze of it is theirs, stays, and is still good to restore
 * from. Does nothing twice.
 */
export async function removeMachine(
  services: Needs,
  host: Host,
  instance: Pick<Instance, 'id'>,
  graceMs: number,
  signal: AbortSignal,
): Promise<void> {
  await services.hypervisors.at(host).machines.stopMachine(instance.id, graceMs, { signal });
  await removeFilesOf(services, host, instance, signal);
}
