import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { MigrationInfo, QmpClient } from '@diecast/qmp';
import { startQemu, type TestQemu } from '../../harness/qemu.js';
import { until } from '../../harness/until.js';

jest.setTimeout(60_000);

describe('migration of a real QEMU', () => {
  let source: TestQemu;
  let target: TestQemu;
  let from: QmpClient;
  let to: QmpClient;

  beforeEach(async () => {
    source = await startQemu();
    target = await startQemu('-incoming', 'defer');
    from = await source.connect();
    to = await target.connect();
    for (const client of [from, to])
      await client.execute('migrate-set-capabilities', {
        capabilities: [{ capability: 'events', state: true }],
      });
  });
  afterEach(async () => {
    await source?.end();
    await target?.end();
  });

  /** Follows the events until the migration has ended. */
  async function endOf(client: QmpClient, start: () => Promise<unknown>): Promise<string[]> {
    const events = await client.events({ only: ['MIGRATION'] });
    await start();
    const seen: string[] = [];
    for await (const { data } of events) {
      seen.push(data.status);
      if (['completed', 'failed', 'cancelled'].includes(data.status)) break;
    }
    return seen;
  }
  const info = (client: QmpClient): Promise<MigrationInfo> => client.execute('query-migrate');

  it('moves a running machine through a socket, and both sides tell how', async () => {
    const uri = `unix:${join(target.folder, 'incoming')}`;
    await from.execute('migrate-set-parameters', { 'downtime-limit': 500, 'max-bandwidth': 1024 ** 3 });
    expect(await from.execute('query-migrate-parameters')).toMatchObject({
      'downtime-limit': 500,
      'max-bandwidth': 1024 ** 3,
    });
    const capabilities = await from.execute('query-migrate-capabilities');
    expect(capabilities).toContainEqual({ capability: 'events', state: true });
    await from.execute('cont');
    await to.execute('migrate-incoming', { uri });

    const arrived = endOf(to, async () => undefined);
    expect(await endOf(from, () => from.execute('migrate', { uri }))).toEqual([
      'setup',
      'active',
      'completed',
    ]);
    expect(await arrived).toEqual(['active', 'completed']);
    const figures = await info(from);
    expect(figures).toMatchObject({ status: 'completed', ram: { remaining: 0 } });
    expect(figures.ram?.total).toBeGreaterThan(64 * 1024 ** 2);
    expect(figures['total-time']).toBeGreaterThanOrEqual(figures.downtime ?? Infinity);
    expect(await from.execute('query-status')).toMatchObject({ status: 'postmigrate', running: false });
    // It was started with -S, and so it waits to be told.
    expect(await to.execute('query-status')).toMatchObject({ status: 'paused' });
    await to.execute('cont');
    expect(await to.execute('query-status')).toMatchObject({ status: 'running', running: true });
  });

  it('writes a machine into a file, and wakes it from there', async () => {
    const path = join(source.folder, 'state');
    await endOf(from, () => from.execute('migrate', { uri: `exec:cat > ${path}` }));
    expect((await stat(path)).size).toBeGreaterThan(10_000);
    expect(await endOf(to, () => to.execute('migrate-incoming', { uri: `exec:cat ${path}` }))).toContain(
      'completed',
    );
    expect(await to.execute('query-status')).toMatchObject({ running: false });
    await to.execute('cont');
  });

  it('is cancelled, and the machine runs on where it was', async () => {
    const uri = `unix:${join(target.folder, 'incoming')}`;
    await from.execute('cont');
    await to.execute('migrate-incoming', { uri });
    await from.execute('migrate-set-parameters', { 'max-bandwidth': 4096 });
    const ended = endOf(from, () => from.execute('migrate', { uri }));
    await until(async () => ((await info(from)).status === 'active' ? true : undefined));
    await from.execute('migrate_cancel');
    expect((await ended).at(-1)).toBe('cancelled');
    expect(await info(from)).toMatchObject({ status: 'cancelled' });
    expect(await from.execute('query-status')).toMatchObject({ running: true });
  });

  it('is refused with a class, and fails with a status', async () => {
    await expect(from.execute('migrate', { uri: 'carrier-pigeon:' })).rejects.toMatchObject({
      errorClass: 'GenericError',
    });
    await expect(from.execute('migrate-start-postcopy')).rejects.toMatchObject({
      errorClass: 'GenericError',
    });
    const ended = endOf(from, () =>
      from.execute('migrate', { uri: 'unix:/nowhere/at/all' }).catch(() => undefined),
    );
    expect((await ended).at(-1)).toBe('failed');
    expect((await info(from))['error-desc']).toEqual(expect.any(String));
  });

  it('can be forecast: the rate at which memory is written is measured', async () => {
    await from.execute('cont');
    expect(await from.execute('query-dirty-rate')).toMatchObject({ status: 'unstarted' });
    await from.execute('calc-dirty-rate', { 'calc-time': 1, mode: 'page-sampling' });
    const measured = await until(async () => {
      const rate = await from.execute('query-dirty-rate');
      return rate.status === 'measured' ? rate : undefined;
    });
    expect(measured).toMatchObject({ mode: 'page-sampling', 'calc-time': 1 });
    expect(measured['dirty-rate']).toBeGreaterThanOrEqual(0);
  });
});
