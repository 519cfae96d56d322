import { readFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { blobFileName, blobsOf, digestHex, type ImageManifest } from '@diecast/model';
import type { Hypervisor, MachineDefinition } from '@diecast/hypervisor';
import { buildImage, DEFAULT_CACHE } from '../../apps/lab/src/images/build.js';
import { buildDebian } from '../../apps/lab/src/images/debian.js';
import type { BuiltImage } from '../../apps/lab/src/images/image-folder.js';
import { bringUp, tearDown, type LabState } from '../../apps/lab/src/lab.js';

/** A lab of its own for one test file, taken down whatever happens. */
export async function startLab(
  name: string,
  hosts: number,
  without: Readonly<Record<string, readonly string[]>> = {},
): Promise<LabState & { close(): Promise<void> }> {
  const dir = `/var/lib/diecast-test-${name}`;
  await tearDown(dir);
  const frontends = [{ name: 'web', port: 8080 }];
  const state = await bringUp({ dir, hosts, without, frontends, say: () => undefined });
  return { ...state, close: () => tearDown(dir) };
}

export type TestImage = {
  readonly folder: string;
  readonly digest: string;
  readonly manifest: ImageManifest;
};

export async function tinyImage(variant: 'v1' | 'v2' | 'broken'): Promise<TestImage> {
  return readImage(await buildImage('tiny-http', { cacheDir: DEFAULT_CACHE, variant, log: () => undefined }));
}

export async function debianImage(): Promise<TestImage> {
  return readImage(await buildDebian({ cacheDir: DEFAULT_CACHE, log: () => undefined }));
}

async function readImage(built: BuiltImage): Promise<TestImage> {
  const manifest = JSON.parse(await readFile(join(built.folder, 'manifest.json'), 'utf8')) as ImageManifest;
  return { ...built, manifest };
}

/** Every blob of the image in the host's pool. */
export async function putImage(host: Hypervisor, image: TestImage): Promise<void> {
  for (const blob of blobsOf(image.manifest)) {
    const source = createReadStream(join(image.folder, 'blobs', digestHex(blob.digest)));
    await host.files.writeFile({ name: blobFileName(blob.digest), size: blob.size, from: 0, source });
  }
}

type MachineWish = {
  readonly id: string;
  readonly address: string;
  readonly layer: string;
  readonly image: TestImage;
  readonly bridge: string;
  readonly mac: string;
};

/** A machine of 128 MiB that boots the image from its own layer. */
export function tinyMachine(wish: MachineWish): MachineDefinition {
  const { manifest } = wish.image;
  const pool = '/var/lib/diecast/pool';
  const path = (digest: ImageManifest['disk']['digest']): string => `${pool}/${blobFileName(digest)}`;
  return {
    identity: {
      instanceId: wish.id,
      service: 'web',
      iteration: 1,
      imageDigest: wish.image.digest,
      generation: 1,
    },
    name: `diecast-web-1-${wish.id.slice(-8)}`,
    accelerator: 'tcg',
    machine: { vcpus: 1, memoryMiB: 128, firmware: 'bios', cpu: 'portable' },
    cpuXml: null,
    network: { kind: 'bridge', name: wish.bridge, addressing: { mode: 'dhcp' } },
    mac: wish.mac,
    sandbox: { profile: 'default' },
    disk: {
      path: `${pool}/${wish.layer}`,
      chain: [{ path: path(manifest.disk.digest), format: manifest.disk.format }],
    },
    boot:
      manifest.boot === undefined
        ? null
        : {
            kernel: path(manifest.boot.kernel.digest),
            initrd: path(manifest.boot.initrd.digest),
            commandLine: manifest.boot.commandLine,
          },
    seedPath: null,
    credentials: {
      'diecast.instance': wish.id,
      'diecast.iteration': '1',
      'diecast.network': `${wish.address}/24`,
    },
  };
}
