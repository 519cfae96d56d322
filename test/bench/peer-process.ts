import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * A candidate in a process of its own, whatever its language: it reads one JSON command a line and answers each with one line
 * of JSON. It ends when its input does.
 */
export type PeerProcess = {
  readonly pid: number;
  ask<T>(command: Readonly<Record<string, unknown>>): Promise<T>;
  end(): Promise<void>;
};

export function startPeer(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): PeerProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('utf8')).slice(-4000);
  });
  // That it is gone shows in its missing answer.
  child.stdin.on('error', () => undefined);
  const gone = once(child, 'close').catch((error: unknown) => {
    complaint += String(error);
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    async ask<T>(command: Readonly<Record<string, unknown>>) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await answers.next();
      if (done !== true) return JSON.parse(value) as T;
      await gone;
      throw new Error(`"${program} ${args.join(' ')}" ended instead of an answer: ${complaint}`);
    },
    async end() {
      child.stdin.end();
      await gone;
    },
  };
}
