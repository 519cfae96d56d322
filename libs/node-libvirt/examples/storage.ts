import { downloadVolume, POOL_CREATE, uploadVolume } from '@diecast/node-libvirt';
import type { Libvirt, VolumeRef } from '@diecast/node-libvirt';

/** A folder of the host as a pool, and in it a volume with the contents of a file of ours, holes included. */
export async function store(host: Libvirt, folder: string, file: string, bytes: number): Promise<VolumeRef> {
  const poolXml = `<pool type="dir"><name>images</name><target><path>${folder}</path></target></pool>`;
  const { pool } = await host.storagePool.createXml({ xml: poolXml, flags: POOL_CREATE.WITH_BUILD });
  const xml = `<volume><name>disk</name><capacity>${bytes}</capacity><allocation>0</allocation></volume>`;
  const { vol } = await host.storageVol.createXml({ pool, xml });
  await uploadVolume(host, vol, file, { onProgress: ({ bytes: done }) => void done });
  return vol;
}

/** The same back. */
export async function fetch(host: Libvirt, vol: VolumeRef, file: string): Promise<void> {
  await downloadVolume(host, vol, file);
}
