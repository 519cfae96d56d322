import { randomFillSync } from 'node:crypto';
import { mkdir, open, stat } from 'node:fs/promises';
import { tryRun } from '../../apps/lab/src/run.js';
import type { Libvirt, PoolRef, VolumeRef } from '../../libs/node-libvirt/src/index.js';
import type { TestLibvirtd } from './libvirtd.js';

export const MIB = 1_048_576;

/** A folder as a storage pool, seen by the test and by its libvirtd. */
export async function makePool(host: Libvirt, path: string): Promise<PoolRef> {
  await mkdir(path, { recursive: true });
  const name = path.split('/').at(-1) ?? '';
  const xml = `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>`;
  return (await host.storagePool.createXml({ xml })).pool;
}

/** A raw volume to which nothing has been written. */
export async function makeVolume(
  host: Libvirt,
  pool: PoolRef,
  name: string,
  capacity: number,
): Promise<VolumeRef> {
  const xml = `<volume><name>${name}</name><capacity>${capacity}</capacity><allocation>0</allocation></volume>`;
  return (await host.storageVol.createXml({ pool, xml })).vol;
}

type Extent = { readonly at: number; readonly length: number };

/** A file with random bytes in some places and holes elsewhere. */
export async function makeSparseFile(
  path: string,
  length: number,
  extents: readonly Extent[],
): Promise<string> {
  const file = await open(path, 'w');
  try {
    await file.truncate(length);
    const random = Buffer.alloc(MIB);
    for (const { at, length: bytes } of extents)
      for (let done = 0; done < bytes; done += MIB) {
        const part = randomFillSync(random).subarray(0, Math.min(MIB, bytes - done));
        await file.write(part, 0, part.length, at + done);
      }
  } finally {
    await file.close();
  }
  return path;
}

/** Whether two files are the same, byte for byte; of gigabytes faster told than by their hashes. */
export const sameBytes = async (one: string, other: string): Promise<boolean> =>
  (await tryRun('cmp', ['--quiet', one, other])).code === 0;

/** Bytes that a file takes on its disk. */
export const diskUse = async (path: string): Promise<number> => (await stat(path)).blocks * 512;

/** Open files of a volume in the daemon, one for every stream. */
export async function openAtDaemon(daemon: TestLibvirtd, volume: VolumeRef): Promise<number> {
  const links = await daemon.exec('sh', '-c', 'ls -l /proc/[0-9]*/fd 2>/dev/null; true');
  return links.split('\n').filter((line) => line.endsWith(` ${volume.key}`)).length;
}

/** Connections that the daemon has. */
export async function clientsOf(daemon: TestLibvirtd): Promise<number> {
  const list = await daemon.exec('virt-admin', 'client-list', 'libvirtd');
  return list.split('\n').filter((line) => /^ *\d+ /.test(line)).length;
}
