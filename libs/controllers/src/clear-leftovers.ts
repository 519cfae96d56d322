import type { Host } from '@diecast/model';
import { findLeftovers, type Unexplained } from '@diecast/planning';
import type { ControllerDeps } from './deps.js';
import { busyIds } from './open-work.js';

const CALL_DEADLINE_MS = 30_000;

/**
 * Removes files of ours that nothing has explained for a long time.
 * @param before what was unexplained at the last sweep
 * @returns what is so now
 */
export async function clearLeftovers(
  { store, hypervisors, log }: ControllerDeps,
  host: Host,
  before: Unexplained,
  signal: AbortSignal,
): Promise<Unexplained> {
  const on = hypervisors.at(host);
  const call = { signal, deadlineMs: CALL_DEADLINE_MS };
  // In this order: a file's row is there before the file, and a machine's files are there before the machine.
  const files = (await on.files.listFiles(call)).map(({ name }) => name);
  const machines = await on.machines.listMachines(call);
  const [rows, open] = await store.look(async (moment) => [
    await moment.hostFiles.onHost(host.name),
    await moment.operations.open(),
  ]);
  const { remove, unexplained } = findLeftovers(
    {
      files,
      known: new Set(rows.map(({ name }) => name)),
      inUse: new Set(machines.flatMap(({ diskChain }) => diskChain)),
      busy: busyIds(open),
    },
    before,
    performance.now(),
  );
  for (const name of remove) {
    signal.throwIfAborted();
    await on.files.deleteFile(name, call);
    log.warn(
      { host: host.name, file: name },
      'A leftover file was removed: nothing has explained it for ten minutes.',
    );
  }
  return unexplained;
}
