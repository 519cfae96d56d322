import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LabError, run, tryRun } from '../run.js';
import { KERNEL_PACKAGE } from './recipe.js';

/** One exact version of a Debian package, as apt's signed lists name it. */
export type DebianPackage = {
  readonly name: string;
  readonly version: string;
  /** Name of the .deb. */
  readonly file: string;
  /** Hex digits. */
  readonly sha256: string;
};

/** Reads what `apt-get download --print-uris` prints: 'URI' FILE SIZE SHA256:HEX, a line for each package. */
export function parseUris(text: string): readonly DebianPackage[] {
  return text.split('\n').flatMap((line) => {
    const [, file = '', sha256 = ''] = /^'[^']*' (\S+\.deb) \d+ SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
    const [name = '', version = ''] = file.split('_');
    return sha256 === '' ? [] : [{ name, version: decodeURIComponent(version), file, sha256 }];
  });
}

/** The package of the kernel itself, which the package with the lasting name depends on. */
export function parseKernelName(text: string): string | null {
  return /^Depends: .*?(linux-image-\d\S*)/m.exec(text)?.[1] ?? null;
}

/** @throws LabError when apt knows no kernel */
async function findKernelPackage(): Promise<string> {
  const shown = await tryRun('apt-cache', ['show', '--no-all-versions', KERNEL_PACKAGE]);
  const kernel = parseKernelName(shown.stdout);
  if (kernel === null)
    throw new LabError(`apt knows no kernel behind "${KERNEL_PACKAGE}"; Debian 12 for amd64 has one.`);
  return kernel;
}

/** The kernel and these packages, without what they depend on, in the versions that apt would install now. @throws LabError */
export async function resolvePackages(names: readonly string[]): Promise<readonly DebianPackage[]> {
  const wanted = [await findKernelPackage(), ...names];
  // In an empty folder: apt-get keeps silent about files that are there already.
  const printed = await run('env', ['-C', '/proc', 'apt-get', 'download', '--print-uris', ...wanted]);
  const found = parseUris(printed);
  const missing = wanted.filter((name) => !found.some((entry) => entry.name === name));
  if (missing.length > 0) throw new LabError(`apt offers no download of: ${missing.join(', ')}.`);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Does `work`; when it fails, once more with fresh lists. A mirror drops a version as soon as the next one is there. */
export async function withFreshLists<T>(work: () => Promise<T>, log: (line: string) => void): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    log(`${error.message} Trying again after "apt-get update".`);
    await run('apt-get', ['update', '-q']);
    return work();
  }
}

const EMPTY_MACHINE = [
  'Dir::State::status=/dev/null',
  // apt-get keeps silent about files that it has already.
  'Dir::Cache::archives=/proc/',
  'Debug::NoLocking=1',
  'APT::Install-Recommends=false',
  'Acquire::ForceHash=SHA256',
];

/** All that a system of these packages, and no other, consists of: apt's answer for a machine that is still empty. */
export async function resolveSystem(names: readonly string[]): Promise<readonly DebianPackage[]> {
  const options = EMPTY_MACHINE.flatMap((option) => ['-o', option]);
  const printed = await run('apt-get', [
    '-qq',
    ...options,
    '--print-uris',
    'install',
    '?essential',
    ...names,
  ]);
  return parseUris(printed).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where apt has Debian's packages from, as lines of a sources.list: a system built of them is as trusted as this machine. */
export async function debianSources(): Promise<readonly string[]> {
  const format = 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const filters = ['Created-By: Packages', 'Origin: Debian'];
  const lines = (await run('apt-get', ['indextargets', '--format', format, ...filters])).split('\n');
  return [...new Set(lines.filter((line) => line !== ''))];
}

const sha256Of = async (path: string): Promise<string | null> => {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return null;
  }
};

/** Brings the packages into `folder`, where earlier builds may have left some. @throws LabError */
export async function fetchPackages(
  packages: readonly DebianPackage[],
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const missing: DebianPackage[] = [];
  for (const entry of packages)
    if ((await sha256Of(join(folder, entry.file))) !== entry.sha256) missing.push(entry);
  if (missing.length === 0) return;
  log(`fetching ${missing.length} Debian packages`);
  const temporary = await mkdtemp(join(folder, '.fetch-'));
  try {
    const names = missing.map(({ name, version }) => `${name}=${version}`);
    await run('env', ['-C', temporary, 'apt-get', 'download', '-q', ...names]);
    for (const { file, sha256 } of missing) {
      const path = join(temporary, file);
      if ((await sha256Of(path)) !== sha256)
        throw new LabError(`apt-get brought another "${file}" than its lists promise.`);
      await rename(path, join(folder, file));
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Unpacks all of them over each other, without running any of their scripts. */
export async function unpackPackages(
  packages: readonly DebianPackage[],
  from: string,
  into: string,
): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const { file } of packages) await run('dpkg-deb', ['-x', join(from, basename(file)), into]);
}
