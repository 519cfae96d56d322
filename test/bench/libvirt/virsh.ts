import { run } from '../../../apps/lab/src/run.js';
import type { TransferCommand } from './commands.js';

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

/** Seconds that one `virsh` takes to make `count` calls one after another, its start and its way to the daemon left out. */
export async function virshCalls(uri: string, count: number): Promise<number> {
  const empty = await batch(uri, 0);
  return (await batch(uri, count)) - empty;
}

/** `dumpxml` is two calls: virsh looks its domain up by name. */
const CALLS_A_COMMAND = 2;

async function batch(uri: string, calls: number): Promise<number> {
  const commands = Array<string>(Math.floor(calls / CALLS_A_COMMAND)).fill('dumpxml test');
  const began = performance.now();
  await run('virsh', ['--quiet', '--connect', uri, ['uri', ...commands].join(';')]);
  return secondsSince(began);
}

export async function virshTransfer(command: TransferCommand): Promise<number> {
  const began = performance.now();
  await run('virsh', [
    ...['--quiet', '--connect', command.uri, command.do === 'upload' ? 'vol-upload' : 'vol-download'],
    ...['--pool', command.pool, command.volume, command.path],
  ]);
  return secondsSince(began);
}
