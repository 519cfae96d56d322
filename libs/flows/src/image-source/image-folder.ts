import type { Readable } from 'node:stream';

/**
 * An image somewhere else: `manifest.json`, `blobs/HEX` and, if signed, `signature.json`. Names of files are ours alone; nothing
 * that a manifest says becomes part of one.
 */
export interface ImageFolder {
  /** Path or address, for people. */
  readonly where: string;
  /**
   * Undefined when there is no such file. Whoever asked destroys the stream.
   * @throws AppError `source_refused` when the file leads where it must not, `source_unreachable`
   */
  open(name: string, signal: AbortSignal): Promise<Readable | undefined>;
}

/** Of an error of the operating system, such as `ENOENT`. */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
