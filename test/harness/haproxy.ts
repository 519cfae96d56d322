import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderConfig } from '../../apps/lab/src/haproxy.js';
import { haproxy } from '../../libs/traffic/src/index.js';

export type TestHaproxy = {
  /** The stats socket: the path, and the same over TCP. */
  readonly socket: string;
  readonly tcp: string;
  /** Of frontend `web`. */
  readonly url: string;
  /** Like a pulled plug (SIGKILL); `start` brings it back with what its file says and nothing more. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export async function freePort(address = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A HAProxy of our own with the lab's configuration: backend and frontend `web`, and a server `static1` that is not ours. */
export async function startTestHaproxy(): Promise<TestHaproxy> {
  const dir = await mkdtemp(join(tmpdir(), 'diecast-haproxy-'));
  const config = join(dir, 'haproxy.cfg');
  const [port, adminPort, nobody] = [await freePort(), await freePort(), await freePort()];
  const tcp = `127.0.0.1:${adminPort}`;
  await writeFile(
    config,
    `${renderConfig(dir, '127.0.0.1', [{ name: 'web', port }])}
  server static1 127.0.0.1:${nobody} disabled

global
  stats socket ipv4@${tcp} level admin
`,
  );
  const socket = join(dir, 'admin.sock');
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  };
  const start = async (): Promise<void> => {
    child = spawn('haproxy', ['-db', '-f', config], { stdio: 'ignore' });
    const deadline = performance.now() + 20_000;
    for (;;) {
      try {
        await haproxy(socket).look();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(20);
      }
    }
  };

  await start();
  return {
    socket,
    tcp,
    url: `http://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
