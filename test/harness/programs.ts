import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const dist = join(import.meta.dirname, '..', '..', 'dist');

export type Program = {
  readonly pid: number;
  /** What it has printed so far, both streams. */
  output(): string;
  /** @returns its exit code, or the signal that ended it */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

/** A program of ours, built, in a process of its own, as a user starts it. */
export function startProgram(
  name: 'api' | 'worker' | 'standalone',
  environment: Readonly<Record<string, string>>,
): Program {
  const file = join(dist, 'apps', name, 'src', 'main.js');
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first.`);
  const child: ChildProcess = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/root', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-200_000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  return {
    pid: child.pid ?? 0,
    output: () => said,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill(signal);
        await gone;
      }
      return child.exitCode ?? child.signalCode ?? 0;
    },
  };
}

/** Until `url` answers with success. @throws Error with what the program printed when it does not in time */
export async function untilReady(url: string, program: Program, seconds = 60): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(200);
  }
  throw new Error(`${url} was not ready within ${seconds} s:\n${program.output().slice(-4000)}`);
}
