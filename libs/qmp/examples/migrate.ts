import type { QmpClient } from '@diecast/qmp';

/** Moves a running machine to a QEMU that waits at `uri`; the downtime in milliseconds. */
export async function migrate(
  qemu: QmpClient,
  uri: string,
  onProgress: (remaining: number) => void,
): Promise<number> {
  await qemu.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] });
  await qemu.execute('migrate-set-parameters', { 'downtime-limit': 300, 'max-bandwidth': 1024 ** 3 });
  const changes = await qemu.events({ only: ['MIGRATION', 'MIGRATION_PASS'] });
  await qemu.execute('migrate', { uri });
  for await (const _ of changes) {
    const { status, ram, downtime, 'error-desc': reason } = await qemu.execute('query-migrate');
    if (ram !== undefined) onProgress(ram.remaining);
    if (status === 'completed') return downtime ?? 0;
    if (status === 'failed' || status === 'cancelled')
      throw new Error(reason ?? `the migration was ${status}`);
  }
  throw new Error('the client was closed');
}
