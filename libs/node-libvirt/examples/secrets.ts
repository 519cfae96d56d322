import { SECRET_USAGE, type Libvirt } from '@diecast/node-libvirt';

/** Keeps a key for a Ceph pool; its value never is in XML. */
export async function keepKey(host: Libvirt, pool: string, key: Buffer): Promise<void> {
  const xml = `<secret ephemeral="no" private="no"><usage type="ceph"><name>${pool}</name></usage></secret>`;
  const { secret } = await host.secret.defineXml({ xml });
  await host.secret.setValue({ secret, value: key });
}

export async function readKey(host: Libvirt, pool: string): Promise<Buffer> {
  const usage = { usageType: SECRET_USAGE.CEPH, usageID: pool };
  const { secret } = await host.secret.lookupByUsage(usage);
  return (await host.secret.getValue({ secret })).value;
}
