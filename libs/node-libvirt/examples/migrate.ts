import { migrateDirect, migratePeerToPeer, MIGRATE, MIGRATE_PARAM, typed } from '@diecast/node-libvirt';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

const flags = MIGRATE.LIVE | MIGRATE.PERSIST_DEST | MIGRATE.UNDEFINE_SOURCE | MIGRATE.TLS;

/** The source does it by itself; when `signal` aborts it is called off and the domain stays. */
export async function send(
  source: Libvirt,
  dom: DomainRef,
  to: string,
  disks: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const params = [
    typed.ullong(MIGRATE_PARAM.BANDWIDTH, 1000), // MiB/s
    ...disks.map((disk) => typed.string(MIGRATE_PARAM.MIGRATE_DISKS, disk)),
  ];
  await migratePeerToPeer(source, dom, to, { flags: flags | MIGRATE.NON_SHARED_INC, params, signal });
}

/** We do it, for two hosts that know nothing of each other. */
export async function carry(
  source: Libvirt,
  target: Libvirt,
  dom: DomainRef,
  disks: readonly string[],
): Promise<DomainRef> {
  const params = disks.map((disk) => typed.string(MIGRATE_PARAM.MIGRATE_DISKS, disk));
  const moved = await migrateDirect(source, target, dom, { flags: flags | MIGRATE.NON_SHARED_INC, params });
  if (moved.leftBehind !== null) await source.domain.destroy({ dom });
  return moved.dom;
}
