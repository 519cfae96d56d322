import { NETWORK_AFFECT, NETWORK_SECTION, NETWORK_UPDATE_COMMAND } from '@diecast/node-libvirt';
import type { Libvirt, NetworkRef } from '@diecast/node-libvirt';

/** A network that runs, and reserves an address for a guest. */
export async function reserve(host: Libvirt, xml: string, mac: string, ip: string): Promise<NetworkRef> {
  const { net } = await host.network.createXml({ xml });
  await host.network.update({
    net,
    command: NETWORK_UPDATE_COMMAND.ADD_LAST,
    section: NETWORK_SECTION.IP_DHCP_HOST,
    parentIndex: -1,
    xml: `<host mac="${mac}" ip="${ip}"/>`,
    flags: NETWORK_AFFECT.LIVE,
  });
  return net;
}

/** Who has which address there. */
export async function leases(host: Libvirt, net: NetworkRef): Promise<ReadonlyMap<string | null, string>> {
  const { leases: all } = await host.network.getDhcpLeases({ net });
  return new Map(all.map(({ mac, ipaddr }) => [mac, ipaddr]));
}
