import type { Readable, Writable } from 'node:stream';

/** A terminal, or a pipe that is none. */
type Outlet = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the program has of the world: tests give another one. */
export type Context = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Results. */
  readonly stdout: Outlet;
  /** What only people read. */
  readonly stderr: Outlet;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
};

export const say = ({ stderr }: Context, line: string): void => void stderr.write(`${line}\n`);
export const tell = ({ stdout }: Context, line: string): void => void stdout.write(`${line}\n`);
