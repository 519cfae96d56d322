import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QmpClient, type ConnectOptions, type QmpAddress } from '@diecast/qmp';
import { freePort } from './haproxy.js';

export type TestQemu = {
  /** A folder for its files, gone after `end`. */
  readonly folder: string;
  /** Its monitors: two on unix sockets and one on TCP, because each serves one client. */
  readonly monitors: { readonly unix: QmpAddress; readonly second: QmpAddress; readonly tcp: QmpAddress };
  /** A client of the first monitor, or of another one. It is closed with the QEMU. */
  connect(monitor?: QmpAddress, options?: ConnectOptions): Promise<QmpClient>;
  /** Like a pulled plug (SIGKILL). */
  kill(): Promise<void>;
  end(): Promise<void>;
};

const PATIENCE_MS = 20_000;

/** A real QEMU without a guest: a q35 of 64 MiB under TCG that stands still, and what is added to it. */
export async function startQemu(...args: readonly string[]): Promise<TestQemu> {
  const folder = await mkdtemp(join(tmpdir(), 'diecast-qemu-'));
  const port = await freePort();
  const monitors = {
    unix: { path: join(folder, 'monitor') },
    second: { path: join(folder, 'second-monitor') },
    tcp: { host: '127.0.0.1', port },
  };
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'q35', '-accel', 'tcg', '-m', '64', '-S', '-nodefaults', '-display', 'none'],
      ...['-qmp', `unix:${monitors.unix.path},server=on,wait=off`],
      ...['-qmp', `unix:${monitors.second.path},server=on,wait=off`],
      ...['-qmp', `tcp:127.0.0.1:${port},server=on,wait=off`],
      ...args,
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-10_000);
  });
  const exited = once(child, 'exit');
  const clients: QmpClient[] = [];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited.catch(() => undefined);
  };
  const connect = async (
    monitor: QmpAddress = monitors.unix,
    options: ConnectOptions = {},
  ): Promise<QmpClient> => {
    const client = await QmpClient.connect(monitor, options);
    clients.push(client);
    return client;
  };
  const end = async (): Promise<void> => {
    for (const client of clients) client.close();
    await kill();
    await rm(folder, { recursive: true });
  };
  try {
    const listening = QmpClient.connect(monitors.tcp, { untilListening: true, deadlineMs: PATIENCE_MS });
    const ended = exited.then(() => Promise.reject(new Error('it ended')));
    (await Promise.race([listening, ended])).close();
  } catch (error) {
    await end();
    throw new Error(`QEMU did not start: ${said}`, { cause: error });
  }
  return { folder, monitors, connect, kill, end };
}

/** An empty disk image. */
export async function createDisk(path: string, size = '16M', ...options: readonly string[]): Promise<string> {
  await promisify(execFile)('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, path, size]);
  return path;
}
