import { open, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { isHole } from '../connection/hole.js';
import { lengthOf, type VolumePart } from './holes.js';

/** A file that is written from its start, in place of what it held; holes stay holes. */
export class SparseFile extends Writable {
  private position = 0;

  private constructor(private readonly file: FileHandle) {
    super({ objectMode: true, highWaterMark: 4 });
  }

  static async create(path: string): Promise<SparseFile> {
    return new SparseFile(await open(path, 'w'));
  }

  override _write(
    part: VolumePart,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.put(part).then(() => callback(), callback);
  }

  /** A hole at the end makes the file no longer by itself. */
  override _final(callback: (error?: Error | null) => void): void {
    this.file.truncate(this.position).then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.file.close().then(
      () => callback(error),
      (failure: Error) => callback(error ?? failure),
    );
  }

  private async put(part: VolumePart): Promise<void> {
    const from = this.position;
    this.position += lengthOf(part);
    if (isHole(part)) return;
    for (let at = 0; at < part.byteLength;) {
      const { bytesWritten } = await this.file.write(part, at, part.byteLength - at, from + at);
      at += bytesWritten;
    }
  }
}
