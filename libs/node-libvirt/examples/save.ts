import { SAVE, type DomainRef, type Libvirt } from '@diecast/node-libvirt';

/** Puts a domain to sleep in a file, and wakes it from there. A call that moves memory may take its time. */
export async function saveAndWake(host: Libvirt, dom: DomainRef, file: string): Promise<DomainRef> {
  const patience = { deadlineMs: 10 * 60_000 };
  await host.domain.saveFlags({ dom, to: file }, patience);
  await host.domain.restoreFlags({ from: file, flags: SAVE.RUNNING }, patience);
  return (await host.domain.lookupByUuid(dom)).dom;
}
