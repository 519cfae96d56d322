import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * A candidate in a process of its own, whatever its language: it reads one JSON command a line and answers each with one line
 * of JSON. It ends when its input does.
 */
export type PeerProcess = {
  ask<T>(command: Readonly<Record<string, unknown>>): Promise<T>;
  end(): Promise<void>;
};

export function startPeer(program: string, args: readonly string[]): PeerProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
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
