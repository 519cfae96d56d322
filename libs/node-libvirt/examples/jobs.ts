import { byField, JOB_TYPE, type DomainRef, type Libvirt } from '@diecast/node-libvirt';

/** Bytes that a job of the domain still has to move; undefined when none runs. */
export async function remaining(host: Libvirt, dom: DomainRef): Promise<number | undefined> {
  const { type, params } = await host.domain.getJobStats({ dom });
  if (type === JOB_TYPE.NONE) return undefined;
  return Number(byField(params)['data_remaining'] ?? 0);
}

/** Shortens what is left of a migration: the guest may stand still for longer, and QEMU may send faster. */
export async function hurry(host: Libvirt, dom: DomainRef): Promise<void> {
  await host.migrate.setMaxDowntime({ dom, downtime: 2_000n }); // ms
  await host.migrate.setMaxSpeed({ dom, bandwidth: 10_000n }); // MiB/s
}
