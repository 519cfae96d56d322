import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Blob, type Digest, type ImageManifest } from '@diecast/model';
import { LabError } from '../run.js';
import { findKernel } from './kernel-modules.js';
import { packDisk, packRamdisk, verityWords, writeManifest } from './pack.js';
import {
  fetchPackages,
  resolvePackages,
  unpackPackages,
  withFreshLists,
  type DebianPackage,
} from './packages.js';
import * as recipe from './recipe.js';
import { layOutRamdisk, layOutRoot } from './trees.js';

export const DEFAULT_CACHE = '/var/cache/diecast-lab';

export type BuildOptions = {
  readonly cacheDir: string;
  readonly variant: recipe.Variant;
  readonly log: (line: string) => void;
};
export type BuiltImage = { readonly folder: string; readonly digest: Digest };

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The guest's sources are not compiled with us: they stay where the project has them. */
function findGuestSources(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const guest = join(folder, 'apps', 'lab', 'guest');
    if (existsSync(join(guest, 'httpd.c'))) return guest;
  }
  throw new LabError('the folder apps/lab/guest, which has the sources of the guest, is missing.');
}

async function keyOf(
  guest: string,
  variant: recipe.Variant,
  packages: readonly DebianPackage[],
): Promise<string> {
  const files = (await readdir(guest, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const sources: Record<string, string> = {};
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    sources[path.slice(guest.length)] = sha256(await readFile(path));
  }
  return sha256(canonicalJson({ recipe: { ...recipe }, sources, variant, packages }));
}

async function keepBlob(file: string, folder: string): Promise<Blob> {
  const bytes = await readFile(file);
  const hex = sha256(bytes);
  await chmod(file, 0o644);
  await rename(file, join(folder, 'blobs', hex));
  return { digest: `sha256:${hex}`, size: bytes.length };
}

async function buildInto(
  folder: string,
  work: string,
  { variant, packages, debs, guest }: Inputs & { readonly variant: recipe.Variant },
): Promise<void> {
  const unpacked = join(work, 'packages');
  await unpackPackages(packages, debs, unpacked);
  const kernel = await findKernel(unpacked);
  const modules = kernel.modules(recipe.KERNEL_MODULES);
  await layOutRamdisk(join(work, 'ramdisk'), { guest, modules });
  await packRamdisk(join(work, 'ramdisk'), join(work, 'initrd'));
  const seedModules = kernel.modules(recipe.SEED_MODULES);
  await layOutRoot(join(work, 'root'), { guest, packages: unpacked, modules: seedModules, variant });
  const verified = await packDisk(join(work, 'root'), join(work, 'disk'));

  await mkdir(join(folder, 'blobs'), { recursive: true });
  const disk = await keepBlob(join(work, 'disk'), folder);
  const manifest: ImageManifest = {
    schemaVersion: 1,
    name: 'tiny-http',
    version: recipe.VERSIONS[variant],
    architecture: 'x86_64',
    firmware: 'bios',
    disk: { ...disk, format: 'raw', virtualSize: disk.size },
    boot: {
      kernel: await keepBlob(kernel.file, folder),
      initrd: await keepBlob(join(work, 'initrd'), folder),
      commandLine: `${recipe.COMMAND_LINE} ${verityWords(verified)}`,
    },
    verity: { rootHash: verified.rootHash, hashOffset: verified.hashOffset },
    agent: true,
    // No time of building: the same contents are the same image whenever they were built.
    provenance: {
      builder: 'diecast-lab',
      sources: packages.map(({ name, version }) => ({ name, version })),
    },
  };
  await writeManifest(folder, canonicalJson(manifest));
}

type Inputs = {
  readonly guest: string;
  readonly packages: readonly DebianPackage[];
  readonly debs: string;
};

const readDigest = async (folder: string): Promise<Digest> =>
  `sha256:${sha256(await readFile(join(folder, 'manifest.json')))}`;

/**
 * Builds a guest image from Debian packages, or finds the one that was built before from the same sources and versions.
 * An image folder has manifest.json and blobs/HEX; it appears whole or not at all.
 * @throws LabError with what a program of the build complained about
 */
export async function buildImage(name: 'tiny-http', options: BuildOptions): Promise<BuiltImage> {
  const { cacheDir, variant, log } = options;
  const guest = findGuestSources();
  const debs = join(cacheDir, 'packages');
  const images = join(cacheDir, 'images');
  await mkdir(images, { recursive: true });
  const { packages, folder } = await withFreshLists(async () => {
    const packages = await resolvePackages();
    const key = await keyOf(guest, variant, packages);
    const folder = join(images, `${name}-${variant}-${key.slice(0, 16)}`);
    if (!existsSync(folder)) await fetchPackages(packages, debs, log);
    return { packages, folder };
  }, log);
  if (existsSync(folder)) return { folder, digest: await readDigest(folder) };

  log(`building ${name} ${variant}`);
  const work = await mkdtemp(join(images, '.build-'));
  try {
    const made = join(work, 'image');
    await buildInto(made, work, { variant, packages, debs, guest });
    await rename(made, folder).catch((error: unknown) => {
      // Somebody else built the same at the same time.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { folder, digest: await readDigest(folder) };
}
