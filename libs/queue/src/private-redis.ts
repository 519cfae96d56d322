import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { AppError } from '@diecast/model';
import type { QueueLog } from './queue-log.js';

export type PrivateRedis = {
  readonly socketPath: string;
  readonly pid: number;
  /** Saves and ends the server. */
  stop(): Promise<void>;
};

/** sun_path of unix(7) has 108 bytes with the closing zero. */
const LONGEST_SOCKET_PATH = 107;
const START_MS = 10_000;

/**
 * A Redis of our own for one machine: on a unix socket in `dataDir` only, every write appended to a file, and nothing
 * ever evicted (BullMQ needs both). A server that a killed parent left behind is found by its pid file, and stopped
 * before a new one opens the same files.
 * @throws AppError `unavailable` when there is no redis-server, or it does not start
 */
export async function startPrivateRedis(options: {
  readonly dataDir: string;
  readonly log: QueueLog;
}): Promise<PrivateRedis> {
  const { dataDir, log } = options;
  const socketPath = join(dataDir, 'redis.sock');
  const pidFile = join(dataDir, 'redis.pid');
  if (Buffer.byteLength(socketPath) > LONGEST_SOCKET_PATH) {
    throw new AppError(
      'invalid',
      `The path ${socketPath} is too long for a unix socket; choose a shorter directory.`,
    );
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await stopLeftOver(pidFile, socketPath, log);

  const child = spawn('redis-server', configuration(dataDir, socketPath), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const spawned = await Promise.race([once(child, 'spawn'), once(child, 'error')]);
  const [failure] = spawned as [Error?];
  if (failure) {
    throw new AppError('unavailable', 'There is no redis-server here: install it, or set REDIS_URL.', {
      cause: failure,
    });
  }
  const said: string[] = [];
  const remember = (chunk: Buffer): void => {
    said.push(chunk.toString('utf8'));
    if (said.length > 20) said.shift();
  };
  child.stdout.on('data', remember);
  child.stderr.on('data', remember);
  const pid = child.pid ?? 0;
  await writeFile(pidFile, identityOf(pid, await startTimeOf(pid)), { mode: 0o600 });

  let stopping = false;
  child.on('exit', (code, signal) => {
    if (!stopping) log.warn({ code, signal, output: said.join('') }, 'The private Redis ended by itself.');
  });
  // The ordinary end of this process takes the child along; after kill -9 the next start does.
  const killChild = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', killChild);
  await untilItAnswers(child, socketPath, said);
  return {
    socketPath,
    pid,
    async stop() {
      stopping = true;
      process.removeListener('exit', killChild);
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }
      await rm(pidFile, { force: true });
    },
  };
}

function configuration(dataDir: string, socketPath: string): readonly string[] {
  const settings: Readonly<Record<string, string>> = {
    port: '0',
    unixsocket: socketPath,
    unixsocketperm: '600',
    dir: dataDir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    save: '',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function untilItAnswers(
  child: ChildProcess,
  socketPath: string,
  said: readonly string[],
): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    if (await answers(socketPath)) return;
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new AppError('unavailable', 'The private Redis did not start.', { cause: new Error(said.join('')) });
}

async function answers(socketPath: string): Promise<boolean> {
  const client = new Redis({
    path: socketPath,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    // Not there yet, or loading its file: the caller asks again.
    return false;
  } finally {
    client.disconnect();
  }
}

const identityOf = (pid: number, startTime: string | undefined): string => `${pid} ${startTime ?? ''}`;

/** Field 22 of /proc/PID/stat (proc(5)): tells a process from a later one that was given its number. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

async function stopLeftOver(pidFile: string, socketPath: string, log: QueueLog): Promise<void> {
  const written = await readFile(pidFile, 'utf8').catch(() => undefined);
  const pid = Number(written?.split(' ')[0]);
  const isOurs = async (): Promise<boolean> =>
    written !== undefined && pid > 0 && identityOf(pid, await startTimeOf(pid)) === written;
  if (await isOurs()) {
    log.info({ pid }, 'An earlier run left its Redis behind; it is stopped first.');
    process.kill(pid, 'SIGTERM');
    const deadline = performance.now() + START_MS;
    while ((await isOurs()) && performance.now() < deadline) await sleep(20);
    if (await isOurs()) process.kill(pid, 'SIGKILL');
  }
  await rm(socketPath, { force: true });
  await rm(pidFile, { force: true });
}
