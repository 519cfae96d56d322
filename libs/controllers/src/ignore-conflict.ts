import { AppError } from '@diecast/model';

/** For what has become pointless since we looked; the next look sees it. @throws everything else */
export function ignoreConflict(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
}
