import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type ImageManifest } from '@diecast/model';
import { findGuestSources, hashSources } from './guest-sources.js';
import { buildOnce, keepBlob, sha256, type BuiltImage } from './image-folder.js';
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

/**
 * Builds the tiny guest from Debian packages, or finds the one that was built before from the same sources and versions.
 * @throws LabError with what a program of the build complained about
 */
export async function buildImage(name: 'tiny-http', options: BuildOptions): Promise<BuiltImage> {
  const { cacheDir, variant, log } = options;
  const guest = findGuestSources();
  const debs = join(cacheDir, 'packages');
  const { packages, folder } = await withFreshLists(async () => {
    const packages = await resolvePackages(recipe.DEBIAN_PACKAGES);
    const ingredients = { recipe: { ...recipe }, sources: await hashSources(guest), variant, packages };
    const key = sha256(canonicalJson(ingredients));
    const folder = join(cacheDir, 'images', `${name}-${variant}-${key.slice(0, 16)}`);
    if (!existsSync(folder)) await fetchPackages(packages, debs, log);
    return { packages, folder };
  }, log);
  return buildOnce(folder, async (made, work) => {
    log(`building ${name} ${variant}`);
    await buildInto(made, work, { variant, packages, debs, guest });
  });
}
