import { DOMAIN_DESTROY, LibvirtError, VIR_ERR } from '@diecast/node-libvirt';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

/** Defines a domain and starts it; DOMAIN_START.PAUSED stops it at its first instruction. */
export async function start(host: Libvirt, xml: string, flags = 0): Promise<DomainRef> {
  const { dom } = await host.domain.defineXml({ xml });
  return (await host.domain.createWithFlags({ dom, flags })).dom; // knows its id
}

/** Ends a domain, whatever it does, and forgets it. That it is not there is what was wanted. */
export async function remove(host: Libvirt, name: string): Promise<void> {
  try {
    const { dom } = await host.domain.lookupByName({ name });
    if (dom.id !== -1) await host.domain.destroyFlags({ dom, flags: DOMAIN_DESTROY.GRACEFUL });
    await host.domain.undefine({ dom });
  } catch (error) {
    if (!(error instanceof LibvirtError && error.code === VIR_ERR.NO_DOMAIN)) throw error;
  }
}
