import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError, run } from '../run.js';

const FOLDERS = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'lib64'] as const;

/** The names in the dynamic section of a program, from the text of `readelf -d`. */
export function parseNeeded(text: string): readonly string[] {
  return [...text.matchAll(/\(NEEDED\).*\[(.+)\]/g)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  );
}

/**
 * Every library that a program needs, found in the tree and never on the machine that builds.
 * @returns the file of each, by the name that the loader asks for
 * @throws LabError for a library that no package of the recipe brought
 */
export async function findLibraries(tree: string, program: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const open = [program];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const name of parseNeeded(await run('readelf', ['-d', file]))) {
      if (found.has(name)) continue;
      const path = FOLDERS.map((folder) => join(tree, folder, name)).find((path) => existsSync(path));
      if (path === undefined)
        throw new LabError(`no package of the recipe has the library "${name}", which ${file} needs.`);
      const library = await realpath(path);
      found.set(name, library);
      open.push(library);
    }
  }
  return found;
}
