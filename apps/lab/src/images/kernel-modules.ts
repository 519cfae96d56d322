import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError, run } from '../run.js';

const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.ko$/, '');

/**
 * Puts modules into an order in which `insmod` can load them, from the text of depmod's modules.dep: it lists, after each
 * module, everything that must be there before it, the last to load first.
 * @returns paths below the folder of modules, each once
 * @throws LabError for a module that the kernel does not have
 */
export function orderModules(dependencies: string, wanted: readonly string[]): readonly string[] {
  const lines = dependencies.split('\n').map((line) => line.split(/:? +|:$/).filter((word) => word !== ''));
  const ordered = new Set<string>();
  for (const name of wanted) {
    const line = lines.find(([path]) => path !== undefined && nameOf(path) === name);
    if (line === undefined) throw new LabError(`this kernel has no module "${name}".`);
    for (const path of line.toReversed()) ordered.add(path);
  }
  return [...ordered];
}

export type GuestKernel = {
  readonly file: string;
  /** Those modules in loading order, absolute paths. @throws LabError for one that the kernel does not have */
  readonly modules: (wanted: readonly string[]) => readonly string[];
};

/** The one kernel of an unpacked tree. */
export async function findKernel(tree: string): Promise<GuestKernel> {
  const [release, ...others] = await readdir(join(tree, 'lib', 'modules'));
  if (release === undefined || others.length > 0)
    throw new LabError(`expected the modules of one kernel below ${tree}.`);
  await run('depmod', ['-b', tree, release]);
  const folder = join(tree, 'lib', 'modules', release);
  const dependencies = await readFile(join(folder, 'modules.dep'), 'utf8');
  return {
    file: join(tree, 'boot', `vmlinuz-${release}`),
    modules: (wanted) => orderModules(dependencies, wanted).map((path) => join(folder, path)),
  };
}
