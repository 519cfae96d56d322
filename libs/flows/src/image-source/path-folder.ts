import { constants } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { AppError } from '@diecast/model';
import { systemCode, type ImageFolder } from './image-folder.js';

/** Waits for nobody: a named pipe would otherwise be opened only when somebody writes to it. */
const READ_NOW = constants.O_RDONLY | constants.O_NONBLOCK;

/** Whether a path is the folder or below it. Both must be free of symbolic links to mean anything. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way));
}

/**
 * An image in a folder of this machine.
 * @param permitted absolute folders that it may be in; null: any
 * @throws AppError `invalid`, `source_refused`, `source_unreachable`
 */
export async function openPathFolder(
  path: string,
  permitted: readonly string[] | null,
): Promise<ImageFolder> {
  if (!isAbsolute(path) || path.includes('\0'))
    throw new AppError('invalid', `The path ${JSON.stringify(path)} of the image is not absolute.`, {
      errors: [{ path: 'source.path', message: 'must be an absolute path' }],
    });
  const folder = await findFolder(path, permitted);
  return {
    where: folder,
    async open(name) {
      const file = await open(join(folder, name), READ_NOW).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw unreadable(join(folder, name), error);
      });
      if (file === undefined) return undefined;
      // What was opened is asked, not what has that name now: between two looks a link can be put in its place.
      const real = await readlink(`/proc/self/fd/${file.fd}`);
      if (isWithin(folder, real) && (await file.stat()).isFile()) return file.createReadStream();
      await file.close();
      throw new AppError(
        'source_refused',
        `${join(folder, name)} is ${real}, which is no plain file within ${folder}.`,
      );
    },
  };
}

async function findFolder(path: string, permitted: readonly string[] | null): Promise<string> {
  const refused = new AppError(
    'source_refused',
    permitted === null || permitted.length > 0
      ? `${path} is in none of the folders that images may come from (DIECAST_IMAGE_PATHS).`
      : 'No image may be imported by path here (DIECAST_IMAGE_PATHS).',
  );
  const roots = permitted === null ? ['/'] : await realPaths(permitted);
  const mayBeThere = (place: string): boolean => roots.some((root) => isWithin(root, place));
  const real = await realpath(path).catch((error: unknown) => {
    // Whoever may not read there is not told what is there either.
    throw mayBeThere(resolve(path)) ? unreadable(path, error) : refused;
  });
  if (mayBeThere(real)) return real;
  throw refused;
}

/** A folder that is not there permits nothing. */
async function realPaths(paths: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return real.filter((path) => path !== undefined);
}

const unreadable = (path: string, cause: unknown): AppError =>
  new AppError('source_unreachable', `${path} cannot be read (${systemCode(cause) ?? 'unknown error'}).`, {
    cause,
    retry: 'never',
  });
