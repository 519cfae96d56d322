import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';

/** How a program ended and what it complained about last. */
export type ProgramEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
};

/** Of what a program complains we keep the end: the reason comes last. */
const COMPLAINT_LIMIT = 4096;
const MERCY_MS = 2_000;

/**
 * A program's standard input and output as one stream. The stream ends with the program and the program with the stream:
 * 'connect' comes when it runs; 'close' when the process is gone, and then not even its number is left. Why the program ended goes to whoever reads
 * or writes, as the error that `explain` makes of it.
 */
export class ProcessStream extends Duplex {
  private complaint = '';
  private readonly gone: Promise<ProgramEnd>;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    explain: (end: ProgramEnd) => Error | undefined,
  ) {
    super({ allowHalfOpen: false });
    child.stderr.on('data', (chunk: Buffer) => {
      this.complaint = (this.complaint + chunk.toString('utf8')).slice(-COMPLAINT_LIMIT);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.once('spawn', () => this.emit('connect'));
    child.once('error', (error) => this.destroy(error));
    // A program that is gone breaks its pipes; the reason comes with its end.
    child.stdin.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
    this.gone = promise;
    child.once('close', (code, signal) => {
      const end = { code, signal, stderr: this.complaint.trim() };
      resolve(end);
      const error = this.destroyed ? undefined : explain(end);
      if (error === undefined) this.push(null);
      else this.destroy(error);
    });
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.child.stdin.write(chunk, (error) => {
      if (!error) callback();
    });
  }

  override _final(callback: () => void): void {
    this.child.stdin.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.child.stdin.destroy();
    this.child.stdout.resume();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), MERCY_MS);
    void this.gone.then(() => {
      clearTimeout(timer);
      callback(error);
    });
  }
}
