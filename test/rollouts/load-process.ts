import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Sight } from './load.js';

export type LoadProcess = {
  /** What it has seen until now. */
  look(): Promise<Sight>;
  /** Ends it, when the last answer is there. */
  stop(): Promise<Sight>;
};

/** Clients that never stop asking, in a process of their own, so that what they see is not what we are busy with. */
export function startLoad(url: string, perSecond: number): LoadProcess {
  const typescript = join(import.meta.dirname, '..', 'harness', 'typescript.mjs');
  const program = join(import.meta.dirname, 'load.ts');
  const child = spawn(process.execPath, ['--import', typescript, program, url, String(perSecond)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Sight> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the clients have ended');
    return JSON.parse(line.value) as Sight;
  };
  return {
    look() {
      child.stdin.write('\n');
      return next();
    },
    stop() {
      child.stdin.end();
      return next();
    },
  };
}
