import type { QmpClient } from '@diecast/qmp';

/** Cuts the connections that a stuck QEMU waits for. In band this would wait behind what is stuck. */
export async function unstick(qemu: QmpClient): Promise<number> {
  if (!qemu.outOfBand) throw new Error('this monitor was opened without out-of-band commands');
  const connections = await qemu.execute('query-yank', {}, { outOfBand: true });
  const stuck = connections.filter((connection) => connection.type !== 'chardev');
  await qemu.execute('yank', { instances: stuck }, { outOfBand: true });
  return stuck.length;
}
