import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { AppError } from '@diecast/model';

/**
 * PGlite has no lock of its own, and two processes in one data directory destroy it. The file beside the directory
 * holds pid and start time of its owner, so that a pid that was given to another program is not taken for ours.
 * @throws AppError `busy` naming the process that holds it
 */
export function holdDirectory(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const path = `${dataDir.replace(/\/+$/, '')}.lock`;
  const mine = `${process.pid} ${startTimeOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, mine);
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const holder = readFileSync(path, 'utf8');
      if (isAlive(holder)) {
        throw new AppError(
          'busy',
          `Process ${holder.split(' ')[0]} uses the data directory ${dataDir} already.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new AppError('busy', `Another process has just taken the data directory ${dataDir}.`);
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot; undefined when the process is gone. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(holder: string): boolean {
  const [pid, started] = holder.split(' ');
  return started !== undefined && started !== '' && startTimeOf(Number(pid)) === started;
}
