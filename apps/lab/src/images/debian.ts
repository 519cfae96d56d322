import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type ImageManifest } from '@diecast/model';
import { run } from '../run.js';
import * as recipe from './debian-recipe.js';
import { findGuestSources, hashSources } from './guest-sources.js';
import { buildOnce, keepBlob, sha256, type BuiltImage } from './image-folder.js';
import { findKernel } from './kernel-modules.js';
import { packArchive, packRamdisk, verityWords, writeManifest } from './pack.js';
import {
  debianSources,
  fetchPackages,
  resolvePackages,
  resolveSystem,
  unpackPackages,
  withFreshLists,
  type DebianPackage,
} from './packages.js';
import { RAMDISK_PROGRAMS, SQUASHFS_FLAGS } from './recipe.js';
import { layOutAdditions, layOutRamdisk } from './trees.js';

type Ingredients = {
  readonly guest: string;
  readonly debs: string;
  readonly kernel: readonly DebianPackage[];
  readonly system: readonly DebianPackage[];
};

/** The root as a tar archive, with the additions in it. */
async function makeSystem(archive: string, additions: string): Promise<void> {
  const options = [
    ...['--quiet', ...recipe.OPTIONS, `--include=${recipe.PACKAGES.join(',')}`],
    ...recipe.LEFT_OUT.map((option) => `--dpkgopt=${option}`),
    ...[`sync-in ${additions} /`, ...recipe.HOOKS].map((hook) => `--customize-hook=${hook}`),
  ];
  const command = ['mmdebstrap', ...options, recipe.SUITE, archive, ...(await debianSources())];
  await run('env', ['SOURCE_DATE_EPOCH=0', ...command]);
}

async function buildInto(folder: string, work: string, parts: Ingredients): Promise<void> {
  const { guest, debs, kernel: packages, system } = parts;
  const unpacked = join(work, 'packages');
  await unpackPackages(packages, debs, unpacked);
  const kernel = await findKernel(unpacked);
  const ramdisk = join(work, 'ramdisk');
  await layOutRamdisk(ramdisk, { guest, modules: kernel.modules(recipe.RAMDISK_MODULES) });
  await packRamdisk(ramdisk, join(work, 'initrd'));
  const additions = join(work, 'additions');
  await layOutAdditions(additions, { guest, modules: join(unpacked, 'lib', 'modules') });
  await makeSystem(join(work, 'system.tar'), additions);
  const verified = await packArchive(join(work, 'system.tar'), join(work, 'disk'));

  const disk = await keepBlob(join(work, 'disk'), folder);
  const manifest: ImageManifest = {
    schemaVersion: 1,
    name: 'debian',
    version: recipe.VERSION,
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
    provenance: {
      builder: 'diecast-lab',
      sources: [...packages, ...system].map(({ name, version }) => ({ name, version })),
    },
  };
  await writeManifest(folder, canonicalJson(manifest));
}

/**
 * Builds a whole Debian, or finds the one that was built before from the same sources and versions.
 * @throws LabError with what a program of the build complained about
 */
export async function buildDebian(options: {
  readonly cacheDir: string;
  readonly log: (line: string) => void;
}): Promise<BuiltImage> {
  const { cacheDir, log } = options;
  const guest = findGuestSources();
  const debs = join(cacheDir, 'packages');
  const { folder, ...parts } = await withFreshLists(async () => {
    const [kernel, system] = [await resolvePackages([]), await resolveSystem(recipe.PACKAGES)];
    const shared = { RAMDISK_PROGRAMS, SQUASHFS_FLAGS };
    const sources = await hashSources(guest);
    const key = sha256(canonicalJson({ recipe: { ...recipe }, shared, sources, kernel, system }));
    const folder = join(cacheDir, 'images', `debian-${key.slice(0, 16)}`);
    if (!existsSync(folder)) await fetchPackages(kernel, debs, log);
    return { kernel, system, folder };
  }, log);
  return buildOnce(folder, async (made, work) => {
    log('building debian; this takes a minute or two');
    await buildInto(made, work, { guest, debs, ...parts });
  });
}
