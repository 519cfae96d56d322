import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, formatBytes } from '@diecast/model';
import { P, VIR_ERR, type PoolRef, type VolumeRef } from '@diecast/node-libvirt';
import type { CallOptions, HostFiles, PoolFile } from '../port.js';
import { el, render } from '../xml/element.js';
import { hasCode } from './errors.js';
import { POOL, type Link } from './link.js';
import { rechunk } from './rechunk.js';

/** After each of these a broken transfer can go on. */
const SEGMENT_BYTES = 32 * 1_048_576;
const TRANSFER_DEADLINE_MS = 600_000;

const poolXml = render(
  el('pool', { type: 'dir' }, [
    el('name', {}, POOL.name),
    el('target', {}, [el('path', {}, POOL.path), el('permissions', {}, el('mode', {}, '0711'))]),
  ]),
);

type VolumeXml = {
  readonly name: string;
  readonly format: 'raw' | 'qcow2';
  readonly capacity: number;
  readonly backing?: { readonly path: string; readonly format: string };
};
const volumeXml = ({ name, format, capacity, backing }: VolumeXml): string =>
  render(
    el('volume', { type: 'file' }, [
      el('name', {}, name),
      el('capacity', { unit: 'bytes' }, capacity),
      el('allocation', { unit: 'bytes' }, 0),
      el('target', {}, [el('format', { type: format }), el('permissions', {}, el('mode', {}, '0600'))]),
      backing &&
        el('backingStore', {}, [el('path', {}, backing.path), el('format', { type: backing.format })]),
    ]),
  );

/** Files of the host's storage pool, all through libvirt, so that a host needs nothing but its libvirtd. */
export class PoolFiles implements HostFiles {
  private pool: PoolRef | undefined;

  constructor(private readonly link: Link) {}

  async ensurePool(options?: CallOptions): Promise<{ name: string; path: string }> {
    await this.link.doing('opening the storage pool', () => this.openPool(options));
    return { ...POOL };
  }

  /** Only the pool's own file system counts: what is free there is what a machine can write. */
  async readPool(options?: CallOptions): Promise<{ capacityBytes: number; availableBytes: number }> {
    return this.link.doing('reading the storage pool', async () => {
      const pool = await this.openPool(options);
      await this.refresh(pool, options);
      const info = await this.link.call(P.storagePool.getInfo, { pool }, options);
      return { capacityBytes: Number(info.capacity), availableBytes: Number(info.available) };
    });
  }

  async listFiles(options?: CallOptions): Promise<readonly PoolFile[]> {
    return this.link.doing('listing files', async () => {
      const pool = await this.openPool(options);
      await this.refresh(pool, options);
      const { vols } = await this.link.call(P.storagePool.listAllVolumes, { pool }, options);
      const files = await Promise.all(vols.map((volume) => this.describe(volume, options)));
      return files.filter((file) => file !== undefined);
    });
  }

  async findFile(name: string, options?: CallOptions): Promise<PoolFile | undefined> {
    return this.link.doing(`looking for the file ${name}`, async () => {
      const volume = await this.findVolume(name, options);
      return volume && this.describe(volume, options);
    });
  }

  async deleteFile(name: string, options?: CallOptions): Promise<void> {
    await this.link.doing(`deleting the file ${name}`, async () => {
      let volume = await this.findVolume(name, options);
      if (volume === undefined) {
        // QEMU or libvirt may have made it behind the pool's back.
        await this.refresh(await this.openPool(options), options);
        volume = await this.findVolume(name, options);
      }
      if (volume === undefined) return;
      try {
        await this.link.call(P.storageVol.delete, { vol: volume }, options);
      } catch (error) {
        if (!hasCode(error, VIR_ERR.NO_STORAGE_VOL)) throw error;
      }
    });
  }

  async writeFile(
    file: { readonly name: string; readonly size: number; readonly from: number; readonly source: Readable },
    options: CallOptions & { readonly onWritten?: (offset: number) => Promise<void> | void } = {},
  ): Promise<void> {
    await this.link.doing(`writing the file ${file.name}`, async () => {
      const volume = await this.ensureVolume(
        { name: file.name, format: 'raw', capacity: file.size },
        options,
      );
      let offset = file.from;
      for await (const segment of rechunk(file.source, SEGMENT_BYTES)) {
        options.signal?.throwIfAborted();
        if (offset + segment.length > file.size)
          throw new AppError(
            'digest_mismatch',
            `${file.name} has more than the ${file.size} bytes it should have.`,
          );
        await this.upload(volume, offset, segment, options);
        offset += segment.length;
        await options.onWritten?.(offset);
      }
      if (offset < file.size)
        throw new AppError('truncated', `${file.name} ended after ${offset} of ${file.size} bytes.`);
      await this.requireRoomFor(file, options);
    });
  }

  /** Overwrites a range of a file that is there. */
  async patchFile(name: string, offset: number, bytes: Buffer, options: CallOptions = {}): Promise<void> {
    await this.link.doing(`changing the file ${name}`, async () => {
      await this.upload(await this.requireVolume(name, options), offset, bytes, options);
    });
  }

  async readFile(
    name: string,
    range?: { readonly offset: number; readonly length: number },
    options: CallOptions = {},
  ): Promise<Readable> {
    return this.link.doing(`reading the file ${name}`, async () => {
      const vol = await this.requireVolume(name, options);
      return this.link.openStream(
        P.storageVol.download,
        { vol, offset: BigInt(range?.offset ?? 0), length: BigInt(range?.length ?? 0) },
        options,
      );
    });
  }

  async hashFile(name: string, size: number, options: CallOptions = {}): Promise<string> {
    const source = await this.readFile(name, { offset: 0, length: size }, options);
    const hash = createHash('sha256');
    await this.link.doing(`reading the file ${name}`, async () => {
      await pipeline(source, hash, options.signal === undefined ? {} : { signal: options.signal });
    });
    return hash.digest('hex');
  }

  async createLayer(
    layer: {
      readonly name: string;
      readonly virtualSize: number;
      readonly backing: { readonly name: string; readonly format: 'raw' | 'qcow2' };
    },
    options?: CallOptions,
  ): Promise<void> {
    await this.link.doing(`creating the layer ${layer.name}`, async () => {
      const backing = { path: `${POOL.path}/${layer.backing.name}`, format: layer.backing.format };
      await this.ensureVolume(
        { name: layer.name, format: 'qcow2', capacity: layer.virtualSize, backing },
        options,
      );
    });
  }

  /** An empty file that libvirt or QEMU will fill; made here, so that the pool knows it. */
  async createEmpty(name: string, options?: CallOptions): Promise<void> {
    await this.link.doing(`creating the file ${name}`, async () => {
      await this.ensureVolume({ name, format: 'raw', capacity: 0 }, options);
    });
  }

  async copyFile(from: string, to: string, options: CallOptions = {}): Promise<void> {
    await this.link.doing(`copying ${from} to ${to}`, async () => {
      if ((await this.findVolume(to, options)) !== undefined) await this.deleteFile(to, options);
      const pool = await this.openPool(options);
      const source = await this.requireVolume(from, options);
      const { capacity } = await this.link.call(P.storageVol.getInfoFlags, { vol: source }, options);
      const xml = volumeXml({ name: to, format: 'raw', capacity: Number(capacity) });
      await this.link.call(
        P.storageVol.createXmlFrom,
        { pool, xml, clonevol: source },
        { deadlineMs: TRANSFER_DEADLINE_MS, ...options },
      );
    });
  }

  /**
   * libvirt writes in a thread of its own: when that finds no room just as the stream ends, the stream ends well all the same.
   * What is missing then would still have no room.
   */
  private async requireRoomFor(
    { name, size }: { readonly name: string; readonly size: number },
    options: CallOptions,
  ): Promise<void> {
    const written = (await this.findFile(name, options))?.allocationBytes ?? 0;
    if (written >= size) return;
    const { availableBytes } = await this.readPool(options);
    if (written + availableBytes >= size) return;
    throw new AppError(
      'no_space',
      `Host ${this.link.host} has ${formatBytes(availableBytes)} free in its pool; ${name} needs ${formatBytes(size - written)} more.`,
    );
  }

  private async upload(vol: VolumeRef, offset: number, bytes: Buffer, options: CallOptions): Promise<void> {
    const stream = await this.link.openStream(
      P.storageVol.upload,
      { vol, offset: BigInt(offset), length: BigInt(bytes.length) },
      options,
    );
    stream.resume();
    await pipeline([bytes], stream, options.signal === undefined ? {} : { signal: options.signal });
  }

  private async openPool(options?: CallOptions): Promise<PoolRef> {
    if (this.pool !== undefined) return this.pool;
    let pool: PoolRef;
    try {
      ({ pool } = await this.link.call(P.storagePool.lookupByName, { name: POOL.name }, options));
    } catch (error) {
      if (!hasCode(error, VIR_ERR.NO_STORAGE_POOL)) throw error;
      ({ pool } = await this.link.call(P.storagePool.defineXml, { xml: poolXml }, options));
      await this.link.call(P.storagePool.build, { pool }, options);
      await this.link.call(P.storagePool.setAutostart, { pool, autostart: true }, options);
    }
    const { active } = await this.link.call(P.storagePool.isActive, { pool }, options);
    if (!active) {
      try {
        await this.link.call(P.storagePool.create, { pool }, options);
      } catch (error) {
        // Another of us was faster.
        if (!(await this.link.call(P.storagePool.isActive, { pool }, options)).active) throw error;
      }
    }
    this.pool = pool;
    return pool;
  }

  /** libvirt refuses to look while somebody writes; what it knows is then new enough. */
  private async refresh(pool: PoolRef, options?: CallOptions): Promise<void> {
    try {
      await this.link.call(P.storagePool.refresh, { pool }, options);
    } catch (error) {
      if (!hasCode(error, VIR_ERR.INTERNAL_ERROR, VIR_ERR.OPERATION_INVALID)) throw error;
    }
  }

  private async findVolume(name: string, options?: CallOptions): Promise<VolumeRef | undefined> {
    const pool = await this.openPool(options);
    try {
      return (await this.link.call(P.storageVol.lookupByName, { pool, name }, options)).vol;
    } catch (error) {
      if (hasCode(error, VIR_ERR.NO_STORAGE_VOL)) return undefined;
      // A pool that is gone (a host that was set up anew) is opened again at the next call.
      this.pool = undefined;
      throw error;
    }
  }

  private async requireVolume(name: string, options?: CallOptions): Promise<VolumeRef> {
    const volume = await this.findVolume(name, options);
    if (volume === undefined) throw new AppError('not_found', `Host ${this.link.host} has no file ${name}.`);
    return volume;
  }

  private async ensureVolume(wanted: VolumeXml, options?: CallOptions): Promise<VolumeRef> {
    const found = await this.findVolume(wanted.name, options);
    if (found !== undefined) return found;
    const pool = await this.openPool(options);
    try {
      return (await this.link.call(P.storageVol.createXml, { pool, xml: volumeXml(wanted) }, options)).vol;
    } catch (error) {
      if (!hasCode(error, VIR_ERR.STORAGE_VOL_EXIST)) throw error;
      return this.requireVolume(wanted.name, options);
    }
  }

  private async describe(volume: VolumeRef, options?: CallOptions): Promise<PoolFile | undefined> {
    try {
      const info = await this.link.call(P.storageVol.getInfoFlags, { vol: volume }, options);
      return {
        name: volume.name,
        path: volume.key,
        capacityBytes: Number(info.capacity),
        allocationBytes: Number(info.allocation),
      };
    } catch (error) {
      if (hasCode(error, VIR_ERR.NO_STORAGE_VOL)) return undefined;
      throw error;
    }
  }
}
