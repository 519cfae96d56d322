import type { HostAddressBook, Hypervisor, Hypervisors } from '../port.js';
import { libvirtHypervisor } from './libvirt-hypervisor.js';

type Open = { readonly uri: string; readonly hypervisor: Hypervisor };

/** One set of connections a host and process, whoever asks. */
export function libvirtHypervisors(): Hypervisors {
  const open = new Map<string, Open>();
  return {
    at({ name, uri }: HostAddressBook) {
      const known = open.get(name);
      if (known?.uri === uri) return known.hypervisor;
      void known?.hypervisor.close();
      const hypervisor = libvirtHypervisor(name, uri);
      open.set(name, { uri, hypervisor });
      return hypervisor;
    },
    async forget(name) {
      await open.get(name)?.hypervisor.close();
      open.delete(name);
    },
    async close() {
      await Promise.all([...open.values()].map(({ hypervisor }) => hypervisor.close()));
      open.clear();
    },
  };
}
