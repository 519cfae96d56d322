import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, open, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../apps/lab/src/run.js';
import { Libvirt } from '../../../libs/node-libvirt/src/index.js';
import { makePkiFolder } from '../../harness/libvirtd-pki.js';
import { startLibvirtd } from '../../harness/libvirtd.js';
import type { Transport } from './commands.js';

/**
 * libvirtd's defaults but for the line of those who want in: a thousand would not fit. With the fifth open call
 * (max_client_requests) it stops reading a connection.
 */
const SETTINGS = {
  max_clients: 5_000,
  max_queued_clients: 1_000,
  max_anonymous_clients: 100,
  max_client_requests: 5,
  max_workers: 20,
} as const;
const DOMAINS = 100;
const POOL = 'bench';
const VOLUME = 'volume';
const FILE_BYTES = 1024 ** 3;

export type Scene = {
  /** The driver `test`, which has no hypervisor below it: what is measured is the daemon and its clients. */
  readonly calls: Readonly<Record<Transport, string>>;
  /** The driver `storage`, with a pool of kind `dir`. */
  readonly storage: Readonly<Record<Transport, string>>;
  readonly transfer: { readonly pool: string; readonly volume: string; readonly bytes: number };
  /** A file of random bytes, and where downloads go. */
  readonly source: string;
  readonly target: string;
  readonly scratch: string;
  readonly fileSystem: 'tmpfs' | 'disk';
  /** Name and version. */
  readonly daemon: string;
  /** Of libvirtd.conf. */
  readonly settings: string;
  close(): Promise<void>;
};

/** A libvirtd of our own with a hundred domains and a pool; files in memory if there is enough of it. */
export async function setTheScene(): Promise<Scene> {
  const inMemory = await hasRoom('/dev/shm', 3.5 * FILE_BYTES);
  const scratch = await mkdtemp(join(inMemory ? '/dev/shm' : tmpdir(), 'diecast-bench-'));
  // Also when the bench is interrupted: it is two gigabytes.
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const daemon = await startLibvirtd({ config: SETTINGS });
  const keeper: { host?: Libvirt } = {};
  const close = async (): Promise<void> => {
    keeper.host?.close();
    await daemon.stop();
  };
  try {
    const pkipath = await makePkiFolder(join(scratch, 'pki'), {
      ca: daemon.authority.ca,
      certificate: await daemon.authority.issue({ name: 'bench' }),
    });
    const urisOf = (driver: string, path: string): Record<Transport, string> => ({
      unix: `${driver}+unix:///${path}?socket=${daemon.socket}`,
      tls: `${driver}+tls://${daemon.address}/${path}?pkipath=${pkipath}`,
    });
    const calls = urisOf('test', 'default');
    const storage = urisOf('storage', 'system');
    // The domains are gone with the last connection that sees them.
    keeper.host = new Libvirt(calls.unix);
    await defineDomains(keeper.host);
    const source = join(scratch, 'source');
    await writeRandom(source, FILE_BYTES);
    await makePool(storage.unix, join(scratch, 'pool'));
    return {
      calls,
      storage,
      transfer: { pool: POOL, volume: VOLUME, bytes: FILE_BYTES },
      source,
      target: join(scratch, 'target'),
      scratch,
      fileSystem: inMemory ? 'tmpfs' : 'disk',
      daemon: (await run('libvirtd', ['--version'])).trim(),
      settings: Object.entries(SETTINGS)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function hasRoom(folder: string, bytes: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > bytes;
}

async function defineDomains(host: Libvirt): Promise<void> {
  for (let number = 1; number < DOMAINS; number += 1) {
    const name = `bench-${number}`;
    const xml = `<domain type='test'><name>${name}</name><memory>65536</memory><os><type>hvm</type></os></domain>`;
    await host.domain.defineXml({ xml });
  }
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  const block = randomBytes(1024 ** 2);
  await using file = await open(path, 'w');
  for (let written = 0; written < bytes; written += block.length) await file.write(block);
}

async function makePool(uri: string, path: string): Promise<void> {
  const host = new Libvirt(uri);
  try {
    const xml = `<pool type='dir'><name>${POOL}</name><target><path>${path}</path></target></pool>`;
    const BUILD = 1;
    const { pool } = await host.storagePool.createXml({ xml, flags: BUILD });
    const volume = `<volume><name>${VOLUME}</name><capacity>${FILE_BYTES}</capacity></volume>`;
    await host.storageVol.createXml({ pool, xml: volume });
  } finally {
    host.close();
  }
}
