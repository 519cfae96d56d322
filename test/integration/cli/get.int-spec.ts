import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { Instance, Snapshot } from '@diecast/model';
import { insertHost, insertInstance, insertService, insertSnapshot } from '../../harness/api-world.js';
import { startTestApi, type TestApi } from '../../harness/api.js';
import { openCli, type Cli } from '../../harness/cli.js';
import { sampleFacts } from '../../harness/samples.js';

let api: TestApi;
let cli: Cli;
let instance: Instance;
let snapshot: Snapshot;
beforeAll(async () => {
  api = await startTestApi();
  cli = await openCli({ DIECAST_URL: await api.listen(), DIECAST_TOKEN: api.tokens.viewer });
  for (const name of ['a', 'b']) await insertHost(api.store, name);
  await api.store.hosts.recordFacts('a', sampleFacts(2 ** 33));
  for (const name of ['web', 'db']) await insertService(api.store, name);
  instance = await insertInstance(api.store, 'web', 'a');
  await insertInstance(api.store, 'db', 'b');
  snapshot = await insertSnapshot(api.store, instance);
}, 60_000);
afterAll(async () => {
  await cli.close();
  await api.close();
});

/** Columns of a table, by their titles. */
async function table(...args: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]> {
  const { code, stdout, stderr } = await cli.run(['get', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  const titles = head.split(/ {3,}/);
  return lines.map((line) => {
    const cells = line.split(/ {3,}/);
    expect(cells).toHaveLength(titles.length);
    return Object.fromEntries(titles.map((title, column) => [title, cells[column] ?? '']));
  });
}

const json = async (...args: readonly string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await cli.run(['get', ...args, '-o', 'json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe('diecast get', () => {
  it('shows every kind as a table with what a person needs', async () => {
    const short = `web-1-${instance.id.slice(-8)}`;
    expect(await table('hosts')).toEqual([
      expect.objectContaining({ HOST: 'a', STATUS: 'ready', 'RUNS BY': 'tcg', CPUS: '2', MEMORY: '8.0 GiB' }),
      expect.objectContaining({ HOST: 'b', STATUS: 'ready', 'RUNS BY': '-', MEMORY: '-' }),
    ]);
    expect(await table('images')).toContainEqual(
      expect.objectContaining({
        IMAGE: 'web-image:1',
        STATUS: 'proven',
        SIGNATURE: 'unsigned',
        SIZE: '1.0 KiB',
      }),
    );
    expect(await table('services')).toEqual([
      expect.objectContaining({ SERVICE: 'db', ITERATION: '1', REPLICAS: '1' }),
      expect.objectContaining({ SERVICE: 'web', ITERATION: '1', REPLICAS: '1' }),
    ]);
    expect(await table('instances', '--service', 'web')).toEqual([
      expect.objectContaining({
        INSTANCE: short,
        HOST: 'a',
        STATUS: 'available',
        HEALTHY: 'yes',
        'IN TRAFFIC': 'no',
      }),
    ]);
    expect(await table('snapshots')).toEqual([
      expect.objectContaining({
        SNAPSHOT: 'kept',
        'OF INSTANCE': short,
        HOST: 'a',
        MEMORY: 'with',
        STATUS: 'ready',
      }),
    ]);
    expect(await table('operations', '--service', 'web')).toEqual([
      expect.objectContaining({ KIND: 'service.rollout', STATUS: 'running', ON: 'service web' }),
    ]);
    expect(await table('rollouts', '--service', 'web')).toEqual([
      expect.objectContaining({
        ROLLOUT: 'web/1',
        ITERATIONS: 'none → 1',
        BECAUSE: 'declared',
        STATUS: 'running',
      }),
    ]);
    expect(await table('rollouts')).toHaveLength(2);
  });

  it('shows more columns when it is asked for wide ones', async () => {
    expect(await table('instances', '--host', 'a', '-o', 'wide')).toEqual([
      expect.objectContaining({ ID: instance.id, MAC: instance.mac, GENERATION: '1' }),
    ]);
  });

  it('gives programs one value, as the API has it, as JSON and as YAML', async () => {
    const { body } = await api.as('viewer').get(`/v1/instances/${instance.id}`).expect(200);
    expect(await json('instances', '--service', 'web')).toEqual([body]);
    expect(await json('instance', instance.id)).toEqual(body);
    const yaml = await cli.run(['get', 'instances', '--service', 'web', '-o', 'yaml']);
    expect(parse(yaml.stdout)).toEqual([body]);
  });

  it('finds one by every name that it has', async () => {
    for (const name of [instance.id, `web-1-${instance.id.slice(-8)}`, instance.id.slice(-8)])
      expect(await json('instance', name)).toMatchObject({ id: instance.id });
    for (const name of [snapshot.id, 'kept'])
      expect(await json('snapshot', name)).toMatchObject({ id: snapshot.id });
    expect(await json('image', 'web-image:1')).toMatchObject({ name: 'web-image' });
    expect(await json('rollout', 'web/1')).toMatchObject({ service: 'web', number: 1 });
    expect(await json('rollout', '1', '--service', 'db')).toMatchObject({ service: 'db', number: 1 });
  });

  it('follows the pages to the last', async () => {
    const number = 501;
    for (let index = 0; index < number; index += 1)
      await api.store.hosts.insert({
        name: `many-${index}`,
        uri: `qemu+tls://m${index}.example.org/system`,
        migrationUri: null,
      });
    try {
      expect(await json('hosts')).toHaveLength(number + 2);
    } finally {
      for (let index = 0; index < number; index += 1) await api.store.hosts.delete(`many-${index}`);
    }
  });

  it('leaves out machines that are no more, unless asked for all', async () => {
    const gone = await insertInstance(api.store, 'db', 'b');
    for (const status of ['draining', 'discontinued'] as const)
      await api.store.instances.setStatus(gone.id, status, null);
    const ids = async (...more: readonly string[]): Promise<readonly string[]> =>
      ((await json('instances', '--service', 'db', ...more)) as { id: string }[]).map(({ id }) => id);
    expect(await ids()).not.toContain(gone.id);
    expect(await ids('--all')).toContain(gone.id);
  });

  it('says on standard error that there is nothing, and gives programs an empty list', async () => {
    const none = await cli.run(['get', 'instances', '--host', 'nowhere']);
    expect(none).toEqual({ code: 0, stdout: '', stderr: 'There are no instances.\n' });
    expect(await json('instances', '--host', 'nowhere')).toEqual([]);
  });

  it('ends with an exit code that says what is wrong, and a sentence (SPEC-CLI-1)', async () => {
    for (const [args, code, said] of [
      [['get', 'hosts', 'nowhere'], 3, 'diecast: There is no host nowhere.\n  Check the name'],
      [['get', 'instance', 'web-9-00000000'], 3, 'There is no instance web-9-00000000.'],
      [['get', 'rollout', 'web/9'], 3, 'Service web has no rollout 9.'],
      [['get', 'rollouts', '--service', 'nothing'], 3, 'There is no service nothing'],
      [['get', 'hosts', 'No Name'], 2, 'name must be'],
      [['get', 'rollout', 'web'], 2, 'say SERVICE/NUMBER'],
      [['get', 'hosts', '--service', 'web'], 2, '--service does not go with hosts.'],
      [['get', 'things'], 2, 'There are hosts, images'],
      [['get'], 2, "missing required argument 'kind'"],
      [['get', 'hosts', '-o', 'xml'], 2, 'Allowed choices are json, yaml, wide.'],
      [['cordon', 'a'], 4, 'This needs the role admin'],
      [['frobnicate'], 2, "unknown command 'frobnicate'"],
      [['--help'], 0, ''],
    ] as const) {
      const end = await cli.run(args);
      expect([args, end.code, end.stderr]).toEqual([args, code, expect.stringContaining(said)]);
      expect(end.stderr).not.toMatch(/^\s+at /m);
      if (code !== 0) expect(end.stdout).toBe('');
    }
  });
});
