import { allOf, byField, DOMAIN_STATS, typed } from '@diecast/node-libvirt';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

/** Gives a domain a limit, and reads back all that it has. */
export async function limitMemory(host: Libvirt, dom: DomainRef, kib: number): Promise<unknown> {
  await host.domain.setMemoryParameters({ dom, params: [typed.ullong('hard_limit', kib)] });
  // A call that wants to know how many parameters there are is asked twice.
  return byField(await allOf((nparams) => host.domain.getMemoryParameters({ dom, nparams })));
}

/** Figures of all domains that run, in one call. */
export async function readStates(host: Libvirt): Promise<Readonly<Record<string, unknown>>> {
  const { retStats } = await host.connect.getAllDomainStats({ doms: [], stats: DOMAIN_STATS.STATE });
  return Object.fromEntries(retStats.map(({ dom, params }) => [dom.name, byField(params)['state.state']]));
}
