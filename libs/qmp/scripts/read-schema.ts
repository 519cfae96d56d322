import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpClient } from '../src/client.js';
import type { SchemaInfo } from '../src/gen/types.js';
import type { Origin } from './schema/generate-types.js';

export type ReadSchema = { readonly entities: readonly SchemaInfo[]; readonly origin: Origin };

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
      QmpClient.connect({ path }, { untilListening: true }),
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
    await gone.catch(() => undefined);
    await rm(folder, { recursive: true });
  }
}
