import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LabError } from '../run.js';
import { sha256 } from './image-folder.js';

/** The guests' sources are not compiled with us: they stay where the project has them. */
export function findGuestSources(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const guest = join(folder, 'apps', 'lab', 'guest');
    if (existsSync(join(guest, 'httpd.c'))) return guest;
  }
  throw new LabError('the folder apps/lab/guest, which has the sources of the guests, is missing.');
}

/** The digest of every file, by its name. */
export async function hashSources(guest: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(guest, { recursive: true, withFileTypes: true });
  const sources: Record<string, string> = {};
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    sources[path.slice(guest.length)] = sha256(await readFile(path));
  }
  return sources;
}
