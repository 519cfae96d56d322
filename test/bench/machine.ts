import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly system: string;
  readonly node: string;
  /** What else ran on it, in processes that wanted a core during the last minute. */
  readonly loadBefore: number;
};

export async function readMachine(): Promise<Machine> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    system: /^PRETTY_NAME="(.*)"$/m.exec(osRelease)?.[1] ?? process.platform,
    node: process.versions.node,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export const describeMachine = (machine: Machine): string =>
  `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}, Linux ${machine.kernel}, ` +
  `Node ${machine.node}, load before ${machine.loadBefore}`;
