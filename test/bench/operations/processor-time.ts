import { readdir, readFile } from 'node:fs/promises';

/** proc(5): utime and stime are in these. Linux says 100 to every program. */
const TICKS_PER_SECOND = 100;

/** Microseconds of processor time that a process and all below it have used until now, by its id. */
export async function processorMicros(root: number): Promise<number> {
  const all = await readAll();
  const sum = (pid: number): number =>
    (all.get(pid)?.ticks ?? 0) +
    [...all].filter(([, { parent }]) => parent === pid).reduce((total, [child]) => total + sum(child), 0);
  return (sum(root) * 1_000_000) / TICKS_PER_SECOND;
}

type Known = { readonly parent: number; readonly ticks: number };

async function readAll(): Promise<ReadonlyMap<number, Known>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const known = await Promise.all(pids.map(readOne));
  return new Map(known.flatMap((each) => each ?? []));
}

async function readOne(pid: string): Promise<readonly [readonly [number, Known]] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // Past the name, which may hold anything: state, parent … utime and stime, those of ended children.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, user = 0, system = 0, ...ended] = [1, 11, 12, 13, 14].map((index) => fields[index] ?? 0);
  return [[Number(pid), { parent, ticks: ended.reduce((sum, each) => sum + each, user + system) }]];
}
