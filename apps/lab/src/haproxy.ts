import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError, run } from './run.js';

export type Frontend = { readonly name: string; readonly port: number };

/**
 * Servers come and go by the runtime API; the file has none. A machine that leaves is drained, so that this needs no retry.
 * For one that dies: whoever cannot be connected to was sent nothing, so that any request goes to another; a request
 * that was sent and got no answer may have been carried out, so that only one that may be repeated (RFC 9110, safe) is.
 * A slow answer is waited for, not asked for again elsewhere.
 */
export const renderConfig = (dir: string, address: string, frontends: readonly Frontend[]): string => `global
  stats socket ${join(dir, 'admin.sock')} mode 600 level admin expose-fd listeners
  stats timeout 30s
  maxconn 2000

defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 30s
  timeout queue 10s
  timeout check 2s
  option redispatch 1
  retries 3
  retry-on conn-failure empty-response

${frontends
  .map(
    ({ name, port }) => `frontend ${name}
  bind ${address}:${port}
  default_backend ${name}

backend ${name}
  balance roundrobin
  http-request disable-l7-retry unless { method GET HEAD OPTIONS }
`,
  )
  .join('\n')}`;

function findProcess(config: string): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const args = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      if (args[0]?.endsWith('haproxy') === true && args.includes(config)) return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  return undefined;
}

export async function startHaproxy(
  dir: string,
  address: string,
  frontends: readonly Frontend[],
): Promise<void> {
  const config = join(dir, 'haproxy.cfg');
  if (findProcess(config) !== undefined) return;
  await mkdir(dir, { recursive: true });
  await writeFile(config, renderConfig(dir, address, frontends));
  await run('haproxy', ['-c', '-f', config]);
  const log = openSync(join(dir, 'haproxy.log'), 'a');
  spawn('haproxy', ['-db', '-f', config], { detached: true, stdio: ['ignore', log, log] }).unref();
  closeSync(log);
  for (let tries = 0; tries < 100; tries += 1) {
    if (existsSync(join(dir, 'admin.sock'))) return;
    await sleep(50);
  }
  throw new LabError(`HAProxy did not start; see ${join(dir, 'haproxy.log')}`);
}

export async function stopHaproxy(dir: string): Promise<void> {
  const config = join(dir, 'haproxy.cfg');
  for (let tries = 0; tries < 100; tries += 1) {
    const pid = findProcess(config);
    if (pid === undefined) return;
    process.kill(pid, tries === 0 ? 'SIGTERM' : 'SIGKILL');
    await sleep(50);
  }
}
