import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QmpTimeoutError, type QmpClient } from '@diecast/qmp';
import { startQemu, type TestQemu } from '../../harness/qemu.js';

jest.setTimeout(60_000);

describe('out-of-band commands', () => {
  let qemu: TestQemu;
  let fifo: string;

  beforeEach(async () => {
    qemu = await startQemu();
    fifo = join(qemu.folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
  });
  afterEach(async () => {
    await qemu?.end();
  });

  /** Has QEMU write into a pipe that nobody reads: it stands still until somebody does. */
  const standStill = (client: QmpClient): Promise<unknown> =>
    client.execute('pmemsave', { val: 0, size: 4096, filename: fifo }, { deadlineMs: 60_000 });
  async function letGoOn(): Promise<void> {
    const reader = createReadStream(fifo).resume();
    await once(reader, 'open');
    await finished(reader);
  }

  it('are answered while QEMU is busy with as many other commands as one likes (SPEC-QMP-3)', async () => {
    const client = await qemu.connect();
    const stuck = standStill(client);
    const behind = Array.from({ length: 30 }, () => client.execute('query-status'));
    for (let round = 0; round < 20; round += 1)
      expect(await client.execute('query-yank', {}, { outOfBand: true })).toEqual(expect.any(Array));
    await letGoOn();
    expect(await stuck).toEqual({});
    expect(await Promise.all(behind)).toHaveLength(30);
  });

  it('leave the others to their deadlines, and QEMU answers again when it can', async () => {
    const client = await qemu.connect();
    const stuck = standStill(client);
    await expect(client.execute('query-status', {}, { deadlineMs: 50 })).rejects.toEqual(
      new QmpTimeoutError('query-status', 50, true),
    );
    await letGoOn();
    await stuck;
    expect(await client.execute('query-status')).toMatchObject({ status: 'prelaunch' });
  });

  it('are refused by QEMU for most commands', async () => {
    const client = await qemu.connect();
    await expect(client.execute('query-status', {}, { outOfBand: true })).rejects.toMatchObject({
      errorClass: 'GenericError',
    });
    await expect(client.execute('migrate-recover', { uri: 'x' }, { outOfBand: true })).rejects.toMatchObject({
      errorClass: 'GenericError',
    });
  });
});
