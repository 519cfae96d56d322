import { DOMAIN_AFFECT, LibvirtError, METADATA, VIR_ERR } from '@diecast/node-libvirt';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

const uri = 'https://example.org/owner';

/** Writes who a running domain belongs to, as an element of our own in its XML. */
export async function setOwner(host: Libvirt, dom: DomainRef, owner: string): Promise<void> {
  const metadata = `<owner name="${owner}"/>`;
  const flags = DOMAIN_AFFECT.LIVE;
  await host.domain.setMetadata({ dom, type: METADATA.ELEMENT, metadata, key: 'own', uri, flags });
}

export async function readOwner(host: Libvirt, dom: DomainRef): Promise<string | undefined> {
  try {
    const { metadata } = await host.domain.getMetadata({ dom, type: METADATA.ELEMENT, uri });
    return /name="([^"]*)"/.exec(metadata)?.[1];
  } catch (error) {
    if (error instanceof LibvirtError && error.code === VIR_ERR.NO_DOMAIN_METADATA) return undefined;
    throw error;
  }
}
