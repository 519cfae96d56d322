import type { QmpClient, TransactionAction } from '@diecast/qmp';

/** Cuts all disks at one moment, or none: every node gets a new layer on top. */
export async function cutDisks(qemu: QmpClient, layers: ReadonlyMap<string, string>): Promise<void> {
  const actions = [...layers].map(([node, file]): TransactionAction => ({
    type: 'blockdev-snapshot-sync',
    data: { 'node-name': node, 'snapshot-file': file, 'snapshot-node-name': `${node}-new`, format: 'qcow2' },
  }));
  await qemu.execute('transaction', { actions });
}
