import { Libvirt } from '@diecast/node-libvirt';
import type { HostAddressBook, HostGuard, Hypervisor, Hypervisors } from '../port.js';
import { libvirtHypervisor } from './libvirt-hypervisor.js';
import { Link } from './link.js';

type Open = { readonly uri: string; readonly libvirt: Libvirt };

/** One set of connections a host and process, whoever asks. */
export function libvirtHypervisors(): Hypervisors {
  const open = new Map<string, Open>();
  const connectionsTo = ({ name, uri }: HostAddressBook): Open => {
    const known = open.get(name);
    if (known?.uri === uri) return known;
    known?.libvirt.close();
    const opened = { uri, libvirt: new Libvirt(uri) };
    open.set(name, opened);
    return opened;
  };

  const behind = (guard?: HostGuard): Hypervisors => {
    const views = new Map<Open, Hypervisor>();
    return {
      at(host) {
        const to = connectionsTo(host);
        const view = views.get(to) ?? libvirtHypervisor(new Link(host.name, to.libvirt, guard));
        views.set(to, view);
        return view;
      },
      behind,
      async forget(name) {
        open.get(name)?.libvirt.close();
        open.delete(name);
      },
      async close() {
        for (const { libvirt } of open.values()) libvirt.close();
        open.clear();
      },
    };
  };
  return behind();
}
