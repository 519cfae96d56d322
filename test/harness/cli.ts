import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './until.js';

const ROOT = join(import.meta.dirname, '..', '..');
const LOADER = join(ROOT, 'test', 'harness', 'typescript.mjs');
const MAIN = join(ROOT, 'apps', 'cli', 'src', 'main.ts');

export type CliEnd = {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunningCli = {
  /** Until standard error has the text. @throws Error with what is there, when it ends before */
  untilSaid(text: string): Promise<void>;
  interrupt(): void;
  readonly end: Promise<CliEnd>;
};

type Options = { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string };

/** The real `diecast`, in processes of its own, with a home that nobody else has. */
export type Cli = {
  readonly home: string;
  /** What the program finds there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes `diecast` a command. @returns the folder for PATH */
  install(): Promise<string>;
  run(args: readonly string[], options?: Options): Promise<CliEnd>;
  start(args: readonly string[], options?: Options): RunningCli;
  /** Ends what still runs and removes the home. */
  close(): Promise<void>;
};

export async function openCli(environment: Readonly<Record<string, string>> = {}): Promise<Cli> {
  const home = await mkdtemp(join(tmpdir(), 'diecast-cli-'));
  const inherited = { PATH: process.env['PATH'] ?? '', HOME: home, ...environment };
  const running = new Set<ChildProcess>();

  function start(args: readonly string[], { env = {}, stdin = '' }: Options = {}): RunningCli {
    const child = spawn(process.execPath, ['--import', LOADER, MAIN, ...args], {
      cwd: home,
      env: { ...inherited, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(child);
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    // One that needs no input may be gone before it is written.
    child.stdin.on('error', () => undefined).end(stdin);
    const end = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
      running.delete(child);
      return { code: code ?? signal ?? 0, ...said };
    });
    return {
      end,
      interrupt: () => void child.kill('SIGINT'),
      untilSaid: async (text) => {
        await until(() => {
          if (said.stderr.includes(text)) return true;
          if (running.has(child)) return undefined;
          throw new Error(`It ended without saying "${text}":\n${said.stderr}`);
        });
      },
    };
  }

  return {
    home,
    environment: inherited,
    async install() {
      const folder = join(home, 'bin');
      await mkdir(folder, { recursive: true });
      const text = `#!/bin/sh\nexec "${process.execPath}" --import "${LOADER}" "${MAIN}" "$@"\n`;
      await writeFile(join(folder, 'diecast'), text, { mode: 0o755 });
      return folder;
    },
    start,
    run: (args, options) => start(args, options).end,
    async close() {
      for (const child of running) {
        const gone = once(child, 'close');
        child.kill('SIGKILL');
        await gone;
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}
