import { AppError } from '@diecast/model';
import type { Hypervisor } from '@diecast/hypervisor';
import type { FlowServices } from './services.js';

/** The host that a machine is on. @throws AppError `conflict` when it is on none */
export async function hostOf(
  { store, hypervisors }: Pick<FlowServices, 'store' | 'hypervisors'>,
  instanceId: string,
): Promise<Hypervisor> {
  const { id, host, status } = await store.instances.require(instanceId);
  if (host === null) throw new AppError('conflict', `Instance ${id} is ${status} and on no host.`);
  return hypervisors.at(await store.hosts.require(host));
}
