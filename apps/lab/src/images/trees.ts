import { chmod, copyFile, cp, lutimes, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../run.js';
import * as debian from './debian-recipe.js';
import { findLibraries } from './libraries.js';
import {
  COMPILER_FLAGS,
  RAMDISK_FOLDERS,
  RAMDISK_PROGRAMS,
  ROOT_FOLDERS,
  ROOT_PROGRAMS,
  ROOT_SCRIPTS,
  ROOT_SETTINGS,
  VERSIONS,
  type Variant,
} from './recipe.js';

const BUSYBOX = 'bin/busybox';
const LOADER = 'lib64/ld-linux-x86-64.so.2';

async function place(file: string, target: string, mode: number): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(file, target);
  await chmod(target, mode);
}

async function write(target: string, text: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
  await chmod(target, 0o644);
}

async function placeAll(
  files: Readonly<Record<string, string>>,
  guest: string,
  tree: string,
  mode: number,
): Promise<void> {
  for (const [target, source] of Object.entries(files))
    await place(join(guest, source), join(tree, target), mode);
}

async function compileAll(
  programs: Readonly<Record<string, string>>,
  guest: string,
  tree: string,
): Promise<void> {
  for (const [target, source] of Object.entries(programs)) {
    await mkdir(dirname(join(tree, target)), { recursive: true });
    await run('gcc', [...COMPILER_FLAGS, '-o', join(tree, target), join(guest, source)]);
    await chmod(join(tree, target), 0o755);
  }
}

/** Equal contents shall give equal archives: neither the umask nor the clock of the building machine counts. */
async function settle(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await settle(path);
    else await lutimes(path, 0, 0);
  }
  await chmod(folder, 0o755);
  await lutimes(folder, 0, 0);
}

async function placeModules(modules: readonly string[], tree: string): Promise<void> {
  for (const path of modules) await place(path, join(tree, 'modules', basename(path)), 0o644);
  await write(join(tree, 'modules.order'), `${modules.map((path) => basename(path)).join('\n')}\n`);
}

/** First file system of the guest: enough to open the verified root. */
export async function layOutRamdisk(
  tree: string,
  from: { readonly guest: string; readonly modules: readonly string[] },
): Promise<void> {
  for (const folder of RAMDISK_FOLDERS) await mkdir(join(tree, folder), { recursive: true });
  await placeModules(from.modules, tree);
  await compileAll(RAMDISK_PROGRAMS, from.guest, tree);
  await settle(tree);
}

/** The root that the guest runs from and can never write to. */
export async function layOutRoot(
  tree: string,
  from: {
    readonly guest: string;
    readonly packages: string;
    readonly modules: readonly string[];
    readonly variant: Variant;
  },
): Promise<void> {
  for (const folder of ROOT_FOLDERS) await mkdir(join(tree, folder), { recursive: true });
  await place(join(from.packages, BUSYBOX), join(tree, BUSYBOX), 0o755);
  const applets = await run(join(from.packages, BUSYBOX), ['--list-full']);
  for (const applet of applets.split('\n').filter((name) => name !== '' && name !== BUSYBOX)) {
    await mkdir(dirname(join(tree, applet)), { recursive: true });
    await symlink(`/${BUSYBOX}`, join(tree, applet));
  }
  const agent = join(from.packages, 'usr/sbin/qemu-ga');
  await place(agent, join(tree, 'usr/sbin/qemu-ga'), 0o755);
  await place(join(from.packages, LOADER), join(tree, LOADER), 0o755);
  for (const [name, file] of await findLibraries(from.packages, agent))
    if (name !== basename(LOADER)) await place(file, join(tree, 'lib/x86_64-linux-gnu', name), 0o644);
  await placeModules(from.modules, join(tree, 'usr/lib/seed'));
  await compileAll(ROOT_PROGRAMS, from.guest, tree);
  await placeAll(ROOT_SCRIPTS, from.guest, tree, 0o755);
  await placeAll(ROOT_SETTINGS, from.guest, tree, 0o644);
  await write(join(tree, 'etc/diecast/version'), `${VERSIONS[from.variant]}\n`);
  if (from.variant === 'broken') await write(join(tree, 'etc/diecast/broken'), '');
  await settle(tree);
}

/** What is laid over a whole Debian: its kernel's modules, and what makes it a guest of ours. */
export async function layOutAdditions(
  tree: string,
  from: { readonly guest: string; readonly modules: string },
): Promise<void> {
  // Below /usr, where /lib leads to.
  await cp(from.modules, join(tree, 'usr', 'lib', 'modules'), { recursive: true });
  await compileAll(debian.PROGRAMS, from.guest, tree);
  await placeAll(debian.SCRIPTS, from.guest, tree, 0o755);
  await placeAll(debian.SETTINGS, from.guest, tree, 0o644);
  await write(join(tree, 'etc/diecast/version'), `${debian.VERSION}\n`);
  await settle(tree);
}
