import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';

/** How a program ended and what it complained about last. */
export type ProgramEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** Whether it wrote anything to us before. */
  readonly spoke: boolean;
};

/** Of what a program complains we keep the end: the reason comes last. */
const COMPLAINT_LIMIT = 4096;
/** How long complaints may come after the end: a child of the program may keep that pipe for ever (ssh's ControlPersist). */
const LAST_WORDS_MS = 200;
const MERCY_MS = 2_000;

/**
 * A program's standard input and output as one stream. The stream ends with the program and the program with the stream:
 * 'connect' comes when it runs; 'close' when the process is gone, and then not even its number is left. Why the program ended
 * goes to whoever reads or writes, as the error that `explain` makes of it.
 */
export class ProcessStream extends Duplex {
  private complaint = '';
  private spoke = false;
  /** Resolves when the process is gone, or was never there. */
  private readonly gone = Promise.withResolvers<void>();

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly explain: (end: ProgramEnd) => Error | undefined,
  ) {
    super({ allowHalfOpen: false });
    child.stderr.on('data', (chunk: Buffer) => {
      this.complaint = (this.complaint + chunk.toString('utf8')).slice(-COMPLAINT_LIMIT);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      this.spoke = true;
      if (!this.push(chunk)) child.stdout.pause();
    });
    // A program that is gone breaks its pipes; the reason comes with its end.
    child.stdin.on('error', () => undefined);
    child.once('spawn', () => this.emit('connect'));
    child.once('error', (error) => {
      this.gone.resolve();
      this.destroy(error);
    });
    child.once('exit', (code, signal) => {
      this.gone.resolve();
      this.afterLastWords(() =>
        this.programEnded({ code, signal, stderr: this.complaint.trim(), spoke: this.spoke }),
      );
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
    const { stdin, stdout, stderr } = this.child;
    for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), MERCY_MS);
    void this.gone.promise.then(() => {
      clearTimeout(timer);
      callback(error);
    });
  }

  /** What it wrote is read to the end first. */
  private afterLastWords(act: () => void): void {
    const { stdout, stderr } = this.child;
    const afterStdout = (): void => {
      if (stderr.closed) return act();
      const timer = setTimeout(act, LAST_WORDS_MS);
      stderr.once('close', () => {
        clearTimeout(timer);
        act();
      });
    };
    if (stdout.closed) afterStdout();
    else stdout.once('close', afterStdout);
  }

  private programEnded(end: ProgramEnd): void {
    if (this.destroyed) return;
    const error = this.explain(end);
    if (error !== undefined) return void this.destroy(error);
    this.once('end', () => this.destroy());
    this.push(null);
  }
}
