import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost, insertInstance, insertService, insertSnapshot } from '../../harness/api-world.js';
import { startTestApi, type TestApi } from '../../harness/api.js';
import { openCli, type Cli } from '../../harness/cli.js';
import { openRelay, type HttpRelay } from '../../harness/http-relay.js';
import { openTerminal } from '../../harness/pseudo-terminal.js';

let api: TestApi;
let relay: HttpRelay;
let cli: Cli;
beforeAll(async () => {
  api = await startTestApi();
  relay = await openRelay(await api.listen());
  cli = await openCli({ DIECAST_URL: relay.url, DIECAST_TOKEN: api.tokens.admin });
  for (const name of ['a', 'b', 'c', 'd']) await insertHost(api.store, name);
  await insertService(api.store, 'web');
}, 60_000);
afterAll(async () => {
  await cli.close();
  await relay.close();
  await api.close();
});

/** Starts without waiting. @returns the id of the operation */
async function started(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run([...args, '--no-wait']);
  expect([code, stderr]).toEqual([0, '']);
  const [, id = ''] = /^operation (\S+) pending\n$/.exec(stdout) ?? [];
  return id;
}

const told = async (id: string) => {
  const { kind, input } = await api.store.operations.require(id);
  return [kind, input];
};

describe('what works on machines and hosts', () => {
  it('starts what the words say', async () => {
    const machine = await insertInstance(api.store, 'web', 'a');
    const other = await insertInstance(api.store, 'web', 'b');
    const snapshot = await insertSnapshot(api.store, machine);
    const name = `web-1-${machine.id.slice(-8)}`;
    const { id: instanceId } = machine;
    expect(await told(await started('migrate', name, '--to', 'b'))).toEqual([
      'instance.migrate',
      expect.objectContaining({ instanceId, host: 'b' }),
    ]);
    expect(await told(await started('snapshot', other.id, 'lunch', '--memory'))).toEqual([
      'instance.snapshot',
      expect.objectContaining({ instanceId: other.id, name: 'lunch', withMemory: true }),
    ]);
    const restored = await started('restore', 'kept');
    expect(await told(restored)).toEqual([
      'snapshot.restore',
      expect.objectContaining({ snapshotId: snapshot.id }),
    ]);
    expect(await told(await started('drain', 'c'))).toEqual(['host.drain', { name: 'c' }]);
    expect(await told(await started('delete', 'service', 'web', '--yes'))).toEqual([
      'service.delete',
      expect.objectContaining({ service: 'web' }),
    ]);
  });

  it('cordons and uncordons', async () => {
    expect(await cli.run(['cordon', 'a'])).toMatchObject({ code: 0, stdout: 'host a cordoned\n' });
    const back = await cli.run(['uncordon', 'a', '-o', 'json']);
    expect(JSON.parse(back.stdout)).toMatchObject({ name: 'a', status: 'ready' });
  });

  it('deletes nothing that nobody said yes to', async () => {
    const ask = await cli.run(['delete', 'host', 'd']);
    expect([ask.code, ask.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    const path = `${await cli.install()}:/usr/bin:/bin`;
    for (const [answer, code] of [
      ['n', 1],
      ['y', 0],
    ] as const) {
      expect(await api.store.hosts.find('d')).toBeDefined();
      const terminal = openTerminal('diecast delete host d', { ...cli.environment, PATH: path }, cli.home);
      await terminal.untilShown(/Delete host d\?.*\[y\/N\]/);
      terminal.type(`${answer}\n`);
      expect(await terminal.end).toBe(code);
    }
    expect(await api.store.hosts.find('d')).toBeUndefined();
  });
});

describe('an operation that is followed', () => {
  it('goes on at Ctrl-C, and can be watched again until it is cancelled (SPEC-CLI-1)', async () => {
    const drain = cli.start(['drain', 'b']);
    await drain.untilSaid('host.drain: waits for its turn');
    drain.interrupt();
    const left = await drain.end;
    const [, id = ''] = /goes on\. Watch it again: diecast operation watch (\S+)\n/.exec(left.stderr) ?? [];
    expect([left.code, left.stdout]).toEqual([130, '']);
    expect(await api.store.operations.require(id)).toMatchObject({ kind: 'host.drain', status: 'pending' });

    const watch = cli.start(['operation', 'watch', id, '-o', 'json']);
    await watch.untilSaid('waits for its turn');
    expect(await cli.run(['operation', 'cancel', id])).toMatchObject({
      code: 0,
      stdout: `operation ${id} cancelled\n`,
    });
    const end = await watch.end;
    expect([end.code, end.stderr]).toEqual([1, expect.stringContaining('host.drain cancelled')]);
    expect(JSON.parse(end.stdout)).toMatchObject({ id, status: 'cancelled' });
    for (const change of ['retry', 'abandon'])
      expect(await cli.run(['operation', change, id])).toMatchObject({ code: 5, stdout: '' });
  });

  it('is started once although its answer was lost (SPEC-CLI-4)', async () => {
    const before = relay.requests.length;
    relay.loseAnswers(1);
    const id = await started('drain', 'a');
    const sent = relay.requests.slice(before).filter(({ method }) => method === 'POST');
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const { items } = await api.store.operations.list({
      kind: 'host.drain',
      resource: { type: 'host', id: 'a' },
    });
    expect(items.map((operation) => operation.id)).toEqual([id]);
  });

  it('is a bar on a terminal', async () => {
    const { items } = await api.store.operations.list({
      kind: 'host.drain',
      resource: { type: 'host', id: 'a' },
    });
    const id = items[0]?.id ?? '';
    const path = `${await cli.install()}:/usr/bin:/bin`;
    const terminal = openTerminal(
      `diecast operation watch ${id}`,
      { ...cli.environment, PATH: path },
      cli.home,
    );
    try {
      await terminal.untilShown(/\[-{24}\] {3}0 % {2}host\.drain: waits for its turn/);
      await api.store.operations.requestCancel(id);
      expect(await terminal.end).toBe(1);
      expect(terminal.shown()).toContain('host.drain cancelled');
    } finally {
      await terminal.close();
    }
  });
});

it('does not show the token that is typed, and stops asking at Ctrl-C (SPEC-CLI-2)', async () => {
  const path = `${await cli.install()}:/usr/bin:/bin`;
  const open = () => openTerminal(`diecast login ${relay.url}`, { ...cli.environment, PATH: path }, cli.home);
  const login = open();
  await login.untilShown(/Token: /);
  login.type(`${api.tokens.viewer}\r`);
  expect(await login.end).toBe(0);
  expect(login.shown()).toContain('Logged in at');
  expect(login.shown()).not.toContain(api.tokens.viewer.slice(0, 8));
  const left = open();
  await left.untilShown(/Token: /);
  left.type('\u0003');
  expect(await left.end).toBe(130);
});
