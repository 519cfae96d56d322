import { Libvirt, type DomainRef } from '@diecast/node-libvirt';
import { libvirtPassthrough, QmpClient, type RunState } from '@diecast/qmp';

/** The same client on a monitor that libvirt holds, on this host or another one. */
export async function stateOf(uri: string, find: (host: Libvirt) => Promise<DomainRef>): Promise<RunState> {
  const host = new Libvirt(uri); // e.g. qemu+tls://host.example/system
  try {
    const qemu = await QmpClient.overPassthrough(libvirtPassthrough(host, await find(host)));
    return (await qemu.execute('query-status')).status;
  } finally {
    host.close();
  }
}
