import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoFailure } from './client.js';

export type StandaloneOptions = {
  readonly dataDir: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly token: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The built program; default: the one that was built with this file. */
  readonly program?: string;
};

const BESIDE = join(import.meta.dirname, '..', '..', 'standalone', 'src', 'main.js');

/** Diecast itself: the standalone program in a process of its own, as a user starts it. */
export class StandaloneProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly logFile: string,
  ) {}

  static async start(options: StandaloneOptions): Promise<StandaloneProcess> {
    mkdirSync(options.dataDir, { recursive: true });
    const logFile = join(options.dataDir, 'diecast.log');
    const log = createWriteStream(logFile, { flags: 'a' });
    // It must not outlive a demo that is killed: the machines of the next one would be strangers to it, to be removed.
    const child = spawn(
      'setpriv',
      ['--pdeathsig', 'TERM', '--', process.execPath, options.program ?? BESIDE],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ...options.environment,
          DIECAST_DATA_DIR: options.dataDir,
          DIECAST_HTTP_PORT: String(options.httpPort),
          DIECAST_GRPC_PORT: String(options.grpcPort),
          DIECAST_ADMIN_TOKEN: options.token,
        },
      },
    );
    // What ends first must not close it for the other.
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    const started = new StandaloneProcess(child, `http://127.0.0.1:${options.httpPort}`, logFile);
    await started.waitUntilReady(60);
    return started;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(killer);
  }

  /** As a power failure would; nothing gets to say goodbye. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  private async waitUntilReady(seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) {
        throw new DemoFailure(`Diecast ended with exit ${this.child.exitCode}; see ${this.logFile}`);
      }
      const ready = await fetch(`${this.url}/health/ready`)
        .then((response) => response.ok)
        .catch(() => false);
      if (ready) return;
      await sleep(200);
    }
    await this.stop();
    throw new DemoFailure(`Diecast was not ready within ${seconds} s; see ${this.logFile}`);
  }
}
