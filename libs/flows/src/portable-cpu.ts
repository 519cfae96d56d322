import type { Host, MachineSpec } from '@diecast/model';
import type { FlowServices } from './services.js';

/** CPUs of the hosts that a machine of this one could move to, and of itself; each once. Pure. */
export function cpusAround(host: Host, all: readonly Host[]): readonly string[] {
  const accelerator = host.facts?.accelerator;
  const around = all.filter(
    ({ name, status, facts }) =>
      facts !== null && facts.accelerator === accelerator && (status === 'ready' || name === host.name),
  );
  return [...new Set(around.map(({ facts }) => facts?.cpuXml ?? ''))].filter((xml) => xml !== '').toSorted();
}

/**
 * What `portable` means on this host now: a CPU that every ready host with the same accelerator offers, as libvirt XML. Null
 * leaves QEMU's default model, which all have: for hosts that have nothing better in common, and for other wishes than this one.
 */
export async function portableCpu(
  { store, hypervisors }: Pick<FlowServices, 'store' | 'hypervisors'>,
  host: Host,
  { cpu }: Pick<MachineSpec, 'cpu'>,
  signal: AbortSignal,
): Promise<string | null> {
  if (cpu !== 'portable' || host.facts === null) return null;
  const cpus = cpusAround(host, await store.hosts.all());
  if (cpus.length === 0) return null;
  const { machines } = hypervisors.at(host);
  return (await machines.baselineCpu(cpus, host.facts.accelerator, { signal })) ?? null;
}
