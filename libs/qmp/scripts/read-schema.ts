import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { QmpClient } from '../src/client.js';
import { QmpTransportError } from '../src/errors.js';
import type { SchemaInfo } from '../src/gen/types.js';
import type { Origin } from './schema/generate-types.js';

export type ReadSchema = { readonly entities: readonly SchemaInfo[]; readonly origin: Origin };

const CONNECT_MS = 10_000;
const RETRY_MS = 50;

/** Starts a QEMU without a machine, asks it for its schema and ends it. */
export async function readSchema(program: string): Promise<ReadSchema> {
  const folder = await mkdtemp(join(tmpdir(), 'qmp-schema-'));
  const path = join(folder, 'monitor');
  const qemu = spawn(
    program,
    ['-machine', 'none', '-nodefaults', '-display', 'none', '-qmp', `unix:${path},server=on,wait=off`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const gone = once(qemu, 'exit');
  try {
    const client = await Promise.race([
      connect(path),
      gone.then(() => Promise.reject(new Error(`${program} ended`))),
    ]);
    const entities = await client.execute('query-qmp-schema');
    const { qemu: version, package: distribution } = client.greeting.version;
    await client.execute('quit');
    return {
      entities,
      origin: { qemu: `${version.major}.${version.minor}.${version.micro}`, package: distribution },
    };
  } finally {
    qemu.kill('SIGKILL');
    await gone;
    await rm(folder, { recursive: true });
  }
}

async function connect(path: string): Promise<QmpClient> {
  const deadline = performance.now() + CONNECT_MS;
  for (;;) {
    try {
      return await QmpClient.connect({ path });
    } catch (error) {
      const early = error instanceof QmpTransportError && error.failure === 'unreachable';
      if (!early || performance.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}
