import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layOut } from '../../apps/lab/src/layout.js';

const program = join(import.meta.dirname, '..', '..', 'dist', 'apps', 'lab', 'src', 'main.js');

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

export const command = (file: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, [...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });

/** `npm run lab -- …` as a user has it, in a process of its own. */
export const labCommand = (...args: readonly string[]): Promise<Ended> =>
  command(process.execPath, program, ...args);

/** The same for somebody who is not root, in everything that the kernel lets a program see. */
export const labCommandWithoutRoot = (...args: readonly string[]): Promise<Ended> =>
  command('unshare', '--user', '--map-user=1000', '--map-group=1000', process.execPath, program, ...args);

/** Starts it and kills it as soon as `moment` has come. */
export async function killLabCommand(
  args: readonly string[],
  moment: () => Promise<boolean>,
): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_, signal) => resolve(signal));
  });
  while (child.exitCode === null && !(await moment()));
  child.kill('SIGKILL');
  return ended;
}

/** Command lines and statuses of processes that a word belongs to, our own left out. */
export async function processesOf(word: string): Promise<readonly { command: string; status: string }[]> {
  const found: { command: string; status: string }[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      if (command.includes(word)) found.push({ command, status });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Everything by which one could see that there is a lab in this folder. */
export async function tracesOf(dir: string): Promise<readonly string[]> {
  const { id } = layOut(dir);
  const [namespaces, links, mounts] = await Promise.all([
    readdir('/run/netns').catch(() => []),
    readdir('/sys/class/net'),
    readFile('/proc/self/mountinfo', 'utf8'),
  ]);
  const own = (name: string): boolean => name.startsWith(`dl${id}-`);
  return [
    ...(await processesOf(dir)).map(({ command }) => `process ${command}`),
    ...namespaces.filter(own).map((name) => `namespace ${name}`),
    ...links.filter(own).map((name) => `link ${name}`),
    ...mounts.split('\n').filter((line) => line.includes(dir) || line.includes(`/dl${id}-`)),
    ...(existsSync(dir) ? [`folder ${dir}`] : []),
  ];
}
