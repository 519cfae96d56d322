import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { QmpClient } from '@diecast/qmp';
import { createDisk, startQemu, type TestQemu } from '../../harness/qemu.js';

jest.setTimeout(60_000);

describe('disks of a real QEMU', () => {
  let qemu: TestQemu;
  let client: QmpClient;
  const file = (name: string): string => join(qemu.folder, name);

  beforeEach(async () => {
    qemu = await startQemu('-device', 'virtio-scsi-pci');
    client = await qemu.connect();
    for (const name of ['one', 'two']) {
      await createDisk(file(name));
      await client.execute('blockdev-add', {
        driver: 'qcow2',
        'node-name': name,
        file: { driver: 'file', filename: file(name) },
      });
      await client.execute('device_add', { driver: 'scsi-hd', drive: name, id: `disk-${name}` });
    }
  });
  afterEach(async () => {
    await qemu?.end();
  });

  const snapshotOf = (node: string, path: string) =>
    ({
      type: 'blockdev-snapshot-sync',
      data: {
        'node-name': node,
        'snapshot-file': path,
        'snapshot-node-name': `${node}-top`,
        format: 'qcow2',
      },
    }) as const;
  /** The files of a node's chain, from the top. */
  async function chainOf(node: string): Promise<string[]> {
    const nodes = await client.execute('query-named-block-nodes');
    const files: string[] = [];
    let image = nodes.find((candidate) => candidate['node-name'] === node)?.image;
    for (; image !== undefined; image = image['backing-image']) files.push(image.filename);
    return files;
  }

  it('are all cut in one transaction', async () => {
    await client.execute('transaction', {
      actions: [snapshotOf('one', file('one.1')), snapshotOf('two', file('two.1'))],
    });
    expect(await chainOf('one-top')).toEqual([file('one.1'), file('one')]);
    expect(await chainOf('two-top')).toEqual([file('two.1'), file('two')]);
  });

  it('are all left as they were when one of them cannot be cut', async () => {
    const nowhere = '/nowhere/two.1';
    await expect(
      client.execute('transaction', {
        actions: [snapshotOf('one', file('one.1')), snapshotOf('two', nowhere)],
      }),
    ).rejects.toMatchObject({ errorClass: 'GenericError' });
    expect(await chainOf('one')).toEqual([file('one')]);
    expect(await chainOf('one-top')).toEqual([]);
  });

  it('are merged again by a job', async () => {
    await client.execute('transaction', { actions: [snapshotOf('one', file('one.1'))] });
    await client.jobs.run('merge', () =>
      client.execute('block-stream', {
        'job-id': 'merge',
        device: 'one-top',
        'base-node': 'one',
        'auto-dismiss': false,
      }),
    );
    expect(await chainOf('one-top')).toEqual([file('one.1'), file('one')]);
    await client.jobs.run('flatten', () =>
      client.execute('block-stream', { 'job-id': 'flatten', device: 'one-top', 'auto-dismiss': false }),
    );
    expect(await chainOf('one-top')).toEqual([file('one.1')]);
  });

  it('note what is written to them in bitmaps, which are made and merged in one transaction', async () => {
    await client.execute('transaction', {
      actions: [
        { type: 'block-dirty-bitmap-add', data: { node: 'one', name: 'since-monday', persistent: true } },
        { type: 'block-dirty-bitmap-add', data: { node: 'one', name: 'copy', disabled: true } },
        {
          type: 'block-dirty-bitmap-merge',
          data: { node: 'one', target: 'copy', bitmaps: ['since-monday'] },
        },
      ],
    });
    const [one] = (await client.execute('query-named-block-nodes', { flat: true })).filter(
      (node) => node['node-name'] === 'one',
    );
    const bitmaps = one?.['dirty-bitmaps']?.map(({ name, recording, persistent }) => [
      name,
      recording,
      persistent,
    ]);
    expect(bitmaps?.toSorted()).toEqual([
      ['copy', false, false],
      ['since-monday', true, true],
    ]);
    await client.execute('block-dirty-bitmap-remove', { node: 'one', name: 'copy' });
    await expect(
      client.execute('block-dirty-bitmap-clear', { node: 'one', name: 'copy' }),
    ).rejects.toMatchObject({ errorClass: 'GenericError' });
  });

  it('are lent to others over NBD, until that is taken back', async () => {
    await client.execute('nbd-server-start', { addr: { type: 'unix', data: { path: file('nbd') } } });
    const gone = await client.events({ only: ['BLOCK_EXPORT_DELETED'] });
    await client.execute('block-export-add', {
      type: 'nbd',
      id: 'lent',
      'node-name': 'one',
      writable: false,
    });
    expect(await client.execute('query-block-exports')).toMatchObject([
      { id: 'lent', type: 'nbd', 'node-name': 'one', 'shutting-down': false },
    ]);
    await client.execute('block-export-del', { id: 'lent' });
    expect((await gone.next()).value?.data).toEqual({ id: 'lent' });
    await client.execute('nbd-server-stop');
    expect(await client.execute('query-block-exports')).toEqual([]);
  });

  it('keep the whole machine inside of one of them', async () => {
    const of = { tag: 'before', vmstate: 'one', devices: ['one'] };
    for (const command of ['snapshot-save', 'snapshot-load'] as const)
      await client.jobs.run(command, () => client.execute(command, { 'job-id': command, ...of }));
    const nodes = await client.execute('query-named-block-nodes');
    const image = nodes.find((node) => node['node-name'] === 'one')?.image;
    expect(image?.snapshots?.map(({ name }) => name)).toEqual(['before']);
    const start = (): Promise<unknown> =>
      client.execute('snapshot-load', { 'job-id': 'load', ...of, tag: 'never taken' });
    await expect(client.jobs.run('load', start)).rejects.toMatchObject({ reason: 'failed' });
  });
});
