import { DOMAIN_AFFECT, type DomainRef, type Libvirt } from '@diecast/node-libvirt';

const flags = DOMAIN_AFFECT.LIVE;

/** Plugs a disk into a running domain. `ua-` begins the aliases that libvirt leaves to its users. */
export async function plugIn(host: Libvirt, dom: DomainRef, file: string, target: string): Promise<void> {
  const xml = `<disk type="file" device="disk"><driver name="qemu" type="qcow2"/>
    <source file="${file}"/><target dev="${target}" bus="virtio"/><alias name="ua-${target}"/></disk>`;
  await host.domain.attachDeviceFlags({ dom, xml, flags });
}

/** Asks the guest to let a disk go, and waits until it has. */
export async function unplug(
  host: Libvirt,
  dom: DomainRef,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const alias = `ua-${target}`;
  for await (const event of host.events(['deviceRemoved', 'deviceRemovalFailed'], signal)) {
    if (event.type === 'connected') await host.domain.detachDeviceAlias({ dom, alias, flags });
    if (event.type === 'deviceRemoved' && event.devAlias === alias) return;
    if (event.type === 'deviceRemovalFailed') throw new Error(`the guest keeps ${target}`);
  }
  signal.throwIfAborted();
}
