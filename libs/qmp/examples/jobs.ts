import type { QmpClient } from '@diecast/qmp';

/** Makes a disk image: two jobs, one for the file and one for what is in it. */
export async function createImage(qemu: QmpClient, filename: string, size: number): Promise<void> {
  await qemu.jobs.run('create-file', () =>
    qemu.execute('blockdev-create', {
      'job-id': 'create-file',
      options: { driver: 'file', filename, size: 0 },
    }),
  );
  await qemu.execute('blockdev-add', { driver: 'file', filename, 'node-name': 'new-file' });
  try {
    await qemu.jobs.run('format', () =>
      qemu.execute('blockdev-create', {
        'job-id': 'format',
        options: { driver: 'qcow2', file: 'new-file', size },
      }),
    );
  } finally {
    await qemu.execute('blockdev-del', { 'node-name': 'new-file' });
  }
}

/** Copies a node while it is written to, and switches to the copy at the end. */
export async function moveDisk(qemu: QmpClient, device: string, target: string): Promise<void> {
  await qemu.execute('blockdev-mirror', {
    'job-id': 'move',
    device,
    target,
    sync: 'full',
    'auto-dismiss': false, // Otherwise nobody learns how it ended.
  });
  const { status } = await qemu.jobs.wait('move', { until: ['ready'] });
  if (status === 'ready') await qemu.execute('job-complete', { id: 'move' });
  const { error } = await qemu.jobs.wait('move');
  await qemu.jobs.dismiss('move');
  if (error !== undefined) throw new Error(`the disk was not moved: ${error}`);
}
