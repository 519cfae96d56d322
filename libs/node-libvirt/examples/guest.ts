import { ADDRESS_SOURCE, type DomainRef, type Libvirt } from '@diecast/node-libvirt';

/** What the guest itself says its addresses are. */
export async function addressesOf(host: Libvirt, dom: DomainRef): Promise<readonly string[]> {
  const { ifaces } = await host.domain.interfaceAddresses({ dom, source: ADDRESS_SOURCE.AGENT });
  return ifaces.flatMap(({ addrs }) => addrs.map(({ addr }) => addr));
}

/** Does something while no file system of the guest changes. */
export async function frozen<T>(host: Libvirt, dom: DomainRef, work: () => Promise<T>): Promise<T> {
  await host.domain.fsfreeze({ dom, mountpoints: [] });
  try {
    return await work();
  } finally {
    await host.domain.fsthaw({ dom, mountpoints: [] });
  }
}

/** Any command of the guest's agent. */
export async function askAgent(host: Libvirt, dom: DomainRef, execute: string): Promise<unknown> {
  const cmd = JSON.stringify({ execute });
  const { result } = await host.qemu.domainAgentCommand({ dom, cmd, timeout: 5 }); // seconds
  return (JSON.parse(result ?? '{}') as { readonly return?: unknown }).return;
}
