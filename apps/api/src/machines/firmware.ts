import { invalid } from '@diecast/platform';
import type { Image } from '@diecast/model';

/** The image's own. @param path of the field that asks for another one. @throws AppError `invalid` when it does */
export function firmwareOf(image: Image, wanted: 'bios' | 'uefi' | undefined, path: string): 'bios' | 'uefi' {
  const { firmware, name, version } = image.manifest;
  if (wanted === undefined || wanted === firmware) return firmware;
  throw invalid([{ path, message: `must be ${firmware}, as image ${name}:${version} needs, or left out` }]);
}
