import { Libvirt } from '@diecast/node-libvirt';

/** Who is there, and what runs on it? */
export async function describe(uri: string): Promise<string> {
  const host = new Libvirt(uri); // qemu:///system, qemu+tls://host/system, qemu+ssh://root@host/system …
  try {
    const { type } = await host.connect.getType();
    const { libVer } = await host.connect.getLibVersion();
    const { domains } = await host.connect.listAllDomains();
    const version = `${libVer / 1_000_000n}.${(libVer / 1000n) % 1000n}.${libVer % 1000n}`;
    return `${type}, libvirt ${version}: ${domains.map(({ name }) => name).join(', ')}`;
  } finally {
    host.close();
  }
}
