import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { QmpClient } from '@diecast/qmp';
import { createDisk, startQemu, type TestQemu } from '../../harness/qemu.js';

const MIB = 1024 * 1024;

jest.setTimeout(60_000);

describe('jobs of a real QEMU', () => {
  let qemu: TestQemu;
  let client: QmpClient;

  beforeEach(async () => {
    qemu = await startQemu();
    client = await qemu.connect();
  });
  afterEach(async () => {
    await qemu?.end();
  });

  /** A file that does not exist yet, as a node to create an image in. */
  async function emptyFile(name: string): Promise<string> {
    const filename = join(qemu.folder, name);
    await client.jobs.run(`file-${name}`, () =>
      client.execute('blockdev-create', {
        'job-id': `file-${name}`,
        options: { driver: 'file', filename, size: 0 },
      }),
    );
    await client.execute('blockdev-add', { driver: 'file', filename, 'node-name': name });
    return name;
  }

  it('live from the command that starts them until they are dismissed', async () => {
    const file = await emptyFile('disk');
    const changes = await client.events({ only: ['JOB_STATUS_CHANGE'] });
    await client.execute('blockdev-create', {
      'job-id': 'format',
      options: { driver: 'qcow2', file, size: 64 * MIB },
    });
    const concluded = await client.jobs.wait('format');
    expect(concluded).toMatchObject({ id: 'format', type: 'create', status: 'concluded' });
    expect(concluded.error).toBeUndefined();
    expect(await client.jobs.list()).toEqual([concluded]);
    await client.jobs.dismiss('format');
    expect(await client.jobs.list()).toEqual([]);

    const statuses: string[] = [];
    for await (const { data } of changes) {
      if (data.id === 'format') statuses.push(data.status);
      if (data.status === 'null') break;
    }
    expect(statuses).toEqual(['created', 'running', 'waiting', 'pending', 'concluded', 'null']);
    expect((await stat(join(qemu.folder, 'disk'))).size).toBeGreaterThan(0);
    await expect(client.jobs.dismiss('format')).rejects.toMatchObject({ errorClass: 'GenericError' });
  });

  it('tell how they failed, and are dismissed all the same', async () => {
    const filename = '/nowhere/at/all';
    const start = (): Promise<unknown> =>
      client.execute('blockdev-create', { 'job-id': 'bad', options: { driver: 'file', filename, size: 0 } });
    await expect(client.jobs.run('bad', start)).rejects.toMatchObject({
      name: 'QmpJobError',
      jobId: 'bad',
      reason: 'failed',
    });
    expect(await client.jobs.list()).toEqual([]);
    await expect(client.jobs.wait('bad')).rejects.toMatchObject({ reason: 'gone' });
  });

  it('can be waited for in between: a mirror is ready, then it is completed', async () => {
    const [source, target] = [join(qemu.folder, 'source'), join(qemu.folder, 'target')];
    for (const filename of [source, target]) {
      await createDisk(filename);
      await client.execute('blockdev-add', {
        driver: 'qcow2',
        'node-name': filename === source ? 'source' : 'target',
        file: { driver: 'file', filename },
      });
    }
    await client.execute('blockdev-mirror', {
      'job-id': 'copy',
      device: 'source',
      target: 'target',
      sync: 'full',
      'auto-dismiss': false,
    });
    expect(await client.jobs.wait('copy', { until: ['ready'] })).toMatchObject({ status: 'ready' });
    await expect(client.jobs.dismiss('copy')).rejects.toMatchObject({ errorClass: 'GenericError' });
    await client.execute('job-complete', { id: 'copy' });
    expect(await client.jobs.wait('copy')).toMatchObject({ status: 'concluded' });
    await client.jobs.dismiss('copy');
  });

  it('go on when nobody waits for them any more', async () => {
    const filename = await createDisk(join(qemu.folder, 'slow'), '64M', '-o', 'preallocation=falloc');
    await client.execute('blockdev-add', {
      driver: 'qcow2',
      'node-name': 'a',
      file: { driver: 'file', filename },
    });
    await client.execute('blockdev-add', { driver: 'null-co', 'node-name': 'b', size: 64 * MIB });
    await client.execute('blockdev-backup', {
      'job-id': 'backup',
      device: 'a',
      target: 'b',
      sync: 'full',
      speed: 1,
      'auto-dismiss': false,
    });
    const stop = new AbortController();
    const waiting = client.jobs.wait('backup', { signal: stop.signal });
    stop.abort(new Error('no more patience'));
    await expect(waiting).rejects.toThrow('no more patience');
    expect(await client.jobs.find('backup')).toMatchObject({ status: 'running' });
    await client.execute('job-cancel', { id: 'backup' });
    expect((await client.jobs.wait('backup')).error).toBeDefined();
  });
});
