import type { Host, Progress } from '@diecast/model';
import type { FlowServices } from './services.js';

/**
 * Pulls what lies between into the machine's own layer while it runs, then records the chain as the host shows it: what no
 * machine and no snapshot stands on after that may go.
 */
export async function flattenMachine(
  { store, hypervisors }: Pick<FlowServices, 'store' | 'hypervisors'>,
  host: Host,
  instanceId: string,
  onto: string,
  watch: { readonly signal: AbortSignal; readonly onProgress?: (progress: Progress) => void },
): Promise<void> {
  const on = hypervisors.at(host);
  await on.snapshots.flattenOnto(instanceId, onto, watch);
  const chain = (await on.machines.findMachine(instanceId, { signal: watch.signal }))?.diskChain ?? [];
  for (const [index, name] of chain.entries()) {
    const below = chain[index + 1];
    const known = await store.hostFiles.find(host.name, name);
    if (below === undefined || known === undefined || known.backing === below) continue;
    await store.hostFiles.recordBacking(host.name, name, below);
  }
}
