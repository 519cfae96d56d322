import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Point } from './points.js';
import type { World } from './world.js';

export type Victim = {
  readonly pid: number;
  /** It carries operations from here on. */
  readonly ready: Promise<unknown>;
  /** True when it stands still, or is gone; false when it is neither after so many milliseconds. */
  struck(withinMs: number): Promise<boolean>;
  /** The places that it came by. */
  trace(): readonly string[];
  complaints(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
};

const here = import.meta.dirname;

const stands = (pid: number): boolean => {
  try {
    return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** @param at where it stops itself with SIGSTOP; undefined: nowhere */
export function startVictim(world: World, at: Point | undefined): Victim {
  const traceFile = join(world.environment['DIECAST_DATA_DIR'] ?? '', 'trace');
  writeFileSync(traceFile, '');
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', join(here, '../harness/typescript.mjs'), join(here, 'worker.ts')],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        ...world.environment,
        CRASH_TRACE: traceFile,
        ...(at === undefined ? {} : { CRASH_AT: JSON.stringify(at) }),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let said = '';
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-20_000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const gone = once(child, 'exit');
  const pid = child.pid ?? 0;
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid,
    ready: Promise.race([
      once(child, 'message'),
      gone.then(() => Promise.reject(new Error(`the victim ended before it was ready: ${said}`))),
    ]),
    async struck(withinMs) {
      const deadline = performance.now() + withinMs;
      while (performance.now() < deadline) {
        if (isGone() || stands(pid)) return true;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return false;
    },
    trace: () => readFileSync(traceFile, 'utf8').split('\n').filter(Boolean),
    complaints: () => said,
    async kill(signal) {
      if (isGone()) return;
      child.kill(signal);
      if (signal === 'SIGKILL') await gone;
    },
  };
}
