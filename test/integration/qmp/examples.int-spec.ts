import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { QmpClient } from '@diecast/qmp';
import { describe as describeQemu } from '../../../libs/qmp/examples/connect.js';
import { removeDevice } from '../../../libs/qmp/examples/errors.js';
import { pauseDuring } from '../../../libs/qmp/examples/events.js';
import { createImage, moveDisk } from '../../../libs/qmp/examples/jobs.js';
import { migrate } from '../../../libs/qmp/examples/migrate.js';
import { unstick } from '../../../libs/qmp/examples/out-of-band.js';
import { cutDisks } from '../../../libs/qmp/examples/snapshot.js';
import { readStatus, readTpms } from '../../../libs/qmp/examples/untyped.js';
import { startQemu, type TestQemu } from '../../harness/qemu.js';

jest.setTimeout(60_000);

const MIB = 1024 * 1024;
const library = join(import.meta.dirname, '..', '..', '..', 'libs', 'qmp');

describe('the examples of the QMP client', () => {
  let qemu: TestQemu;
  let client: QmpClient;
  const file = (name: string): string => join(qemu.folder, name);

  beforeEach(async () => {
    qemu = await startQemu('-smp', '2', '-device', 'virtio-scsi-pci');
    client = await qemu.connect();
  });
  afterEach(async () => {
    await qemu?.end();
  });

  async function addDisk(name: string): Promise<void> {
    await createImage(client, file(name), 4 * MIB);
    await client.execute('blockdev-add', {
      driver: 'qcow2',
      'node-name': name,
      file: { driver: 'file', filename: file(name) },
    });
  }
  const attach = (node: string): Promise<unknown> =>
    client.execute('device_add', { driver: 'scsi-hd', drive: node, id: `disk-${node}` });
  const filesOf = async (): Promise<(string | undefined)[]> =>
    (await client.execute('query-block')).map((device) => device.inserted?.file);

  it('stand in its README word for word, and nothing else does', () => {
    const shown = [...readFileSync(join(library, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)];
    const files = globSync(join(library, 'examples', '*.ts'));
    expect(new Set(shown.map(([, code]) => code))).toEqual(
      new Set(files.map((path) => readFileSync(path, 'utf8'))),
    );
    // What is shown is run: below, and the one that needs libvirt in the lab.
    expect(new Set(files.map((path) => basename(path, '.ts')))).toEqual(
      new Set([
        'connect',
        'errors',
        'events',
        'jobs',
        'libvirt',
        'migrate',
        'out-of-band',
        'snapshot',
        'untyped',
      ]),
    );
  });

  it('describe a QEMU', async () => {
    client.close();
    expect(await describeQemu(file('monitor'))).toMatch(/^QEMU \d+\.\d+, prelaunch, 2 CPUs$/);
  });

  it('branch on what QEMU refuses', async () => {
    await addDisk('disk');
    await attach('disk');
    const { signal } = new AbortController();
    expect(await removeDevice(client, 'nobody', signal)).toBe(true);
    expect(await removeDevice(client, 'disk-disk', signal)).toBe(false);
    const given = new Error('not now');
    await expect(removeDevice(client, 'disk-disk', AbortSignal.abort(given))).rejects.toBe(given);
  });

  it('run commands that have no type', async () => {
    expect(await readTpms(client)).toEqual(expect.any(Array));
    expect(await readStatus(client)).toMatchObject({ status: 'prelaunch' });
  });

  it('cut what a stuck QEMU waits for', async () => {
    execFileSync('mkfifo', [file('fifo')]);
    const stuck = client.execute('pmemsave', { val: 0, size: 1, filename: file('fifo') });
    expect(await unstick(client)).toBe(0);
    readFileSync(file('fifo'));
    await stuck;
  });

  it('measure a pause', async () => {
    await client.execute('cont');
    const pauseMs = await pauseDuring(client, async () => {
      await client.execute('stop');
      await client.execute('cont');
    });
    expect(pauseMs).toBeGreaterThan(0);
  });

  it('make a disk, and move it', async () => {
    await addDisk('old');
    expect((await stat(file('old'))).size).toBeGreaterThan(0);
    await attach('old');
    await addDisk('new');
    await moveDisk(client, 'old', 'new');
    expect(await filesOf()).toEqual([file('new')]);
    await expect(createImage(client, '/nowhere/at/all', MIB)).rejects.toMatchObject({ reason: 'failed' });
  });

  it('cut all disks at one moment', async () => {
    for (const name of ['a', 'b']) {
      await addDisk(name);
      await attach(name);
    }
    await cutDisks(
      client,
      new Map([
        ['a', file('a.1')],
        ['b', file('b.1')],
      ]),
    );
    expect(new Set(await filesOf())).toEqual(new Set([file('a.1'), file('b.1')]));
  });

  it('move a machine', async () => {
    const uri = `unix:${file('incoming')}`;
    const target = await startQemu(...['-smp', '2', '-device', 'virtio-scsi-pci', '-incoming', uri]);
    try {
      await client.execute('cont');
      const remaining: number[] = [];
      expect(await migrate(client, uri, (bytes) => remaining.push(bytes))).toBeGreaterThanOrEqual(0);
      expect(remaining.at(-1)).toBe(0);
      await expect(migrate(client, 'unix:/nowhere', () => undefined)).rejects.toThrow();
    } finally {
      await target.end();
    }
  });
});
