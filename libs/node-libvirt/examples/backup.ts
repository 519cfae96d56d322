import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

/** Lets `pull` read a disk of a running domain over NBD as it is now, however long that takes. */
export async function backUp(
  host: Libvirt,
  dom: DomainRef,
  disk: string,
  files: { readonly socket: string; readonly scratch: string },
  pull: () => Promise<void>,
): Promise<void> {
  const backupXml = `<domainbackup mode="pull"><server transport="unix" socket="${files.socket}"/><disks>
    <disk name="${disk}" type="file" exportname="${disk}"><scratch file="${files.scratch}"/></disk></disks></domainbackup>`;
  await host.domain.backupBegin({ dom, backupXml });
  try {
    await pull();
  } finally {
    await host.domain.abortJob({ dom }); // the end of a backup that is pulled
  }
}
