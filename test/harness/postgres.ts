import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/** A PostgreSQL server of our own: temporary directory, unix socket only, gone when stopped. */
export type PrivatePostgres = {
  /** Of the process above all others of it. */
  pid(): number;
  /** URL of a new empty database. */
  createDatabase(): Promise<string>;
  /** Like a pulled plug (SIGKILL of everything); `start` brings it back with its data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

async function binDirectory(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = (await readdir(root)).sort((a, b) => Number(b) - Number(a));
  const newest = versions[0];
  if (newest === undefined) throw new Error(`No PostgreSQL under ${root}: apt-get install postgresql.`);
  return join(root, newest, 'bin');
}

/** PostgreSQL refuses to run as root; then its processes belong to the user that Debian's package made. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const [bin, user] = await Promise.all([binDirectory(), serverUser()]);
  const directory = await mkdtemp(join(tmpdir(), 'diecast-pg-'));
  if (user) await chown(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const as = user ?? {};
  await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8'], {
    ...as,
    cwd: directory,
  });
  const urlOf = (database: string): string =>
    `postgres://postgres@localhost/${database}?host=${encodeURIComponent(directory)}`;
  let server: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const options = ['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', 'max_connections=200'];
    server = spawn(join(bin, 'postgres'), options, { ...as, cwd: directory, stdio: 'ignore' });
    const deadline = performance.now() + 30_000;
    for (;;) {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(50);
      }
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = server;
    server = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  };

  await start();
  let made = 0;
  return {
    pid: () => server?.pid ?? 0,
    async createDatabase() {
      made += 1;
      const name = `test_${made}`;
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      // SIGINT is PostgreSQL's "fast shutdown": it does not wait for clients.
      await end('SIGINT');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
