import { BLOCK_COMMIT, BLOCK_JOB_ABORT, BLOCK_JOB_STATUS, SNAPSHOT_CREATE } from '@diecast/node-libvirt';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

const { ATOMIC, DISK_ONLY, NO_METADATA } = SNAPSHOT_CREATE;

/**
 * From now on a running domain writes to new layers, and what was is kept as it is in the files below. Every disk has to be
 * named, with its new file or null.
 */
export async function cut(
  host: Libvirt,
  dom: DomainRef,
  layers: Readonly<Record<string, string | null>>,
): Promise<void> {
  const disks = Object.entries(layers).map(([disk, file]) =>
    file === null
      ? `<disk name="${disk}" snapshot="no"/>`
      : `<disk name="${disk}" snapshot="external"><source file="${file}"/></disk>`,
  );
  const xml = `<domainsnapshot><disks>${disks.join('')}</disks></domainsnapshot>`;
  await host.snapshot.createXml({ dom, xml, flags: DISK_ONLY | ATOMIC | NO_METADATA });
}

/** Merges the topmost layer into the one below it while the domain runs. */
export async function merge(host: Libvirt, dom: DomainRef, disk: string, signal: AbortSignal): Promise<void> {
  for await (const event of host.events(['blockJob2'], signal)) {
    if (event.type === 'connected')
      await host.domain.blockCommit({ dom, disk, bandwidth: 0n, flags: BLOCK_COMMIT.ACTIVE });
    if (event.type !== 'blockJob2' || event.dom.uuid !== dom.uuid || event.dst !== disk) continue;
    if (event.status === BLOCK_JOB_STATUS.READY)
      await host.domain.blockJobAbort({ dom, path: disk, flags: BLOCK_JOB_ABORT.PIVOT });
    else if (event.status === BLOCK_JOB_STATUS.COMPLETED) return;
    else throw new Error(`merging ${disk} ended with status ${event.status}`);
  }
  signal.throwIfAborted();
}
