import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { macOf, type RolloutStatus } from '@diecast/model';
import { insertHost, insertInstance, insertService } from '../../harness/api-world.js';
import { startTestApi, type TestApi } from '../../harness/api.js';
import { openCli, type Cli } from '../../harness/cli.js';
import { openRelay, type HttpRelay } from '../../harness/http-relay.js';
import { openTerminal } from '../../harness/pseudo-terminal.js';
import { insertProvenImage, sampleSettings } from '../../harness/samples.js';
import { declaration } from '../api/wrong-bodies.js';

let api: TestApi;
let relay: HttpRelay;
let cli: Cli;
beforeAll(async () => {
  api = await startTestApi();
  relay = await openRelay(await api.listen());
  cli = await openCli({ DIECAST_URL: relay.url, DIECAST_TOKEN: api.tokens.operator });
  await insertHost(api.store, 'a');
}, 60_000);
afterAll(async () => {
  await cli.close();
  await relay.close();
  await api.close();
});

/** A service whose first rollout runs, with a machine that serves: what the watcher says first. */
async function serving(service: string) {
  await insertService(api.store, service);
  const { id } = await insertInstance(api.store, service, 'a');
  await api.store.instances.update(id, { inTraffic: true });
  return { id, first: `${service}-1-${id.slice(-8)}  a  in traffic` };
}

async function reserve(service: string): Promise<string> {
  const id = uuidv7();
  const place = { id, service, iteration: 1, host: 'a', mac: macOf(id), memoryMiB: 128, range: null };
  await api.store.instances.reserve(place);
  return id;
}

const finish = (service: string, status: RolloutStatus, reason: string | null = null) =>
  api.store.rollouts.finish(service, 1, status, reason);

describe('diecast rollout watch', () => {
  it('is a line for each state of each machine, and ends with the rollout', async () => {
    const { id: old, first } = await serving('web');
    const watch = cli.start(['rollout', 'watch', 'web']);
    await watch.untilSaid(first);
    const fresh = await reserve('web');
    const { instances, rollouts } = api.store;
    await rollouts.addNotes('web', 1, [
      { at: new Date().toISOString(), action: 'cast', instanceId: fresh, reason: 'one is missing' },
    ]);
    for (const status of ['assembling', 'validating', 'available'] as const)
      await instances.setStatus(fresh, status, null);
    await instances.update(fresh, { healthy: true });
    await instances.update(fresh, { inTraffic: true });
    for (const status of ['draining', 'discontinued'] as const) await instances.setStatus(old, status, null);
    await finish('web', 'succeeded');
    const { code, stdout, stderr } = await watch.end;
    expect([code, stdout]).toEqual([0, 'rollout web/1 succeeded\n']);
    const said = (id: string): readonly string[] =>
      stderr
        .split('\n')
        .flatMap((line) => (line.includes(id.slice(-8)) ? [line.split(/ {2,}/).at(-1) ?? ''] : []));
    expect(said(fresh)).toEqual([
      'waiting',
      expect.stringMatching(/^cast web-1-\S+: one is missing$/),
      ...['assembling', 'assembled', 'unhealthy', 'healthy', 'in traffic'],
    ]);
    expect(said(old)).toEqual(['in traffic', 'draining', 'gone']);
    expect(stderr).toContain('Rollout 1 of web succeeded: all machines are of iteration 1.\n');
  });

  it.each([
    ['failed', 1, 'Rollout 1 of failed failed: nobody answered'],
    ['rolledBack', 1, 'Another rollout takes it back: diecast rollout watch rolled-back'],
    ['superseded', 5, 'Rollout 1 of superseded is superseded: nobody answered'],
  ] as const)(
    'ends with its own exit code when the rollout is %s (SPEC-CLI-1)',
    async (status, code, said) => {
      const service = status.replace('B', '-b');
      const { first } = await serving(service);
      const watch = cli.start(['rollout', 'watch', service, '-o', 'json']);
      await watch.untilSaid(first);
      await finish(service, status, 'nobody answered');
      const end = await watch.end;
      expect([end.code, end.stderr]).toEqual([code, expect.stringContaining(said)]);
      expect(JSON.parse(end.stdout)).toMatchObject({ service, number: 1, status });
    },
  );

  it('says at once how a rollout ended that is over', async () => {
    await serving('over');
    await finish('over', 'failed', 'nobody answered');
    const { code, stderr } = await cli.run(['rollout', 'watch', 'over']);
    expect([code, stderr]).toEqual([1, 'Rollout 1 of over failed: nobody answered\n']);
  });

  it('misses nothing of what happens while the connection is broken (SPEC-CLI-4)', async () => {
    const { first } = await serving('cut');
    const watch = cli.start(['rollout', 'watch', 'cut']);
    await watch.untilSaid(first);
    const id = await reserve('cut');
    await watch.untilSaid(`${id.slice(-8)}  a  waiting`);
    relay.shut();
    const streams = relay.requests.length;
    await api.store.instances.setStatus(id, 'assembling', null);
    await api.store.instances.setStatus(id, 'validating', null);
    relay.open();
    await watch.untilSaid(`${id.slice(-8)}  a  assembled`);
    await finish('cut', 'succeeded');
    const { code, stderr } = await watch.end;
    expect(code).toBe(0);
    expect(stderr.match(new RegExp(`${id.slice(-8)}  a  .*`, 'g'))?.map((line) => line.slice(13))).toEqual([
      'waiting',
      'assembling',
      'assembled',
    ]);
    expect(relay.requests[streams]).toMatchObject({
      path: '/v1/events',
      headers: { 'last-event-id': expect.stringMatching(/^\d+$/) },
    });
  });

  it('leaves the rollout alone at Ctrl-C, and says how to watch it again (SPEC-CLI-1)', async () => {
    const { first } = await serving('left');
    const watch = cli.start(['rollout', 'watch', 'left']);
    await watch.untilSaid(first);
    watch.interrupt();
    const { code, stderr } = await watch.end;
    expect([code, stderr]).toEqual([
      130,
      expect.stringContaining('The rollout goes on. Watch it again: diecast rollout watch left\n'),
    ]);
    expect(await api.store.rollouts.running('left')).toMatchObject({ number: 1, status: 'running' });
  });

  it('redraws one line per machine on a terminal', async () => {
    const { id, first } = await serving('screen');
    const path = `${await cli.install()}:/usr/bin:/bin`;
    const terminal = openTerminal(
      'stty cols 160; diecast rollout watch screen',
      { ...cli.environment, PATH: path },
      cli.home,
    );
    try {
      await terminal.untilShown(new RegExp(`${first.split(' ')[0]} +a +in traffic`));
      await api.store.instances.setStatus(id, 'draining', null);
      await terminal.untilShown(/in traffic [\d.]+s › draining [\d.]+s/);
      await finish('screen', 'succeeded');
      expect(await terminal.end).toBe(0);
    } finally {
      await terminal.close();
    }
  });
});

describe('what starts a rollout', () => {
  it('follows it to its end: apply', async () => {
    await insertProvenImage(api.store, 'img');
    const run = cli.start(['apply', '-f', '-', '-o', 'json'], {
      stdin: JSON.stringify({ service: 'applied', ...declaration }),
    });
    await run.untilSaid('Rollout 1 of applied');
    await finish('applied', 'failed', 'nobody answered');
    const { code, stdout } = await run.end;
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      [
        expect.objectContaining({
          service: 'applied',
          operation: expect.objectContaining({ status: 'failed' }),
          rollout: expect.objectContaining({ status: 'failed' }),
        }),
      ],
    ]);
  });

  it('says that there is nothing to go back to: rollback', async () => {
    await serving('first');
    const { code, stderr } = await cli.run(['rollback', 'first']);
    expect([code, stderr]).toEqual([5, expect.stringMatching(/^diecast: .+\.\n/)]);
    expect(await cli.run(['rollback', 'first', '--to', '7'])).toMatchObject({ code: 3 });
    expect(await cli.run(['rollback', 'first', '--to', 'last'])).toMatchObject({ code: 2 });
  });
});

describe('diecast rollout', () => {
  it('pauses, resumes and promotes what runs', async () => {
    await serving('steered');
    const run = (verb: string) => cli.run(['rollout', verb, 'steered']);
    expect(await run('pause')).toMatchObject({ code: 0, stdout: 'rollout steered/1 paused\n' });
    expect((await api.store.rollouts.running('steered'))?.pausedAt).toBeInstanceOf(Date);
    expect(await run('resume')).toMatchObject({ code: 0, stdout: 'rollout steered/1 resumed\n' });
    const { code, stderr } = await run('promote');
    expect([code, stderr]).toEqual([5, expect.stringContaining('waits for nobody: it is casting machines')]);
    const since = new Date().toISOString();
    await api.store.rollouts.recordStage('steered', 1, { name: 'preview', step: 0, promotions: 0, since });
    expect(await run('promote')).toMatchObject({ code: 0, stdout: 'rollout steered/1 promoted\n' });
  });

  it('tells a rollout as a story: show', async () => {
    const { id } = await serving('shown');
    await finish('shown', 'succeeded');
    const { code, stdout } = await cli.run(['rollout', 'show', 'shown']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Rollout 1 of shown \(declared\): iteration 1\n/);
    expect(stdout).toContain(`shown-1-${id.slice(-8)} in traffic`);
    const whole = await cli.run(['rollout', 'show', 'shown', '1', '-o', 'json']);
    expect(JSON.parse(whole.stdout)).toMatchObject({
      number: 1,
      receipt: { machines: [{ instanceId: id }] },
    });
    expect(await cli.run(['rollout', 'show', 'shown', '7'])).toMatchObject({ code: 3 });
  });

  it('aborts: without a good iteration it fails, with one it follows the way back', async () => {
    await serving('given-up');
    const failed = await cli.run(['rollout', 'abort', 'given-up']);
    expect(failed).toMatchObject({ code: 0, stdout: 'rollout given-up/1 failed\n' });
    expect(failed.stderr).toContain('what serves stays');

    const { services, rollouts } = api.store;
    await services.markKnownGood('given-up', 1, new Date());
    const { spec } = await services.iteration('given-up', 1);
    const settings = sampleSettings(1);
    await services.declare('given-up', { ...spec, sandbox: { profile: 'strict' } }, settings, 'test');
    const abort = cli.start(['rollout', 'abort', 'given-up']);
    await abort.untilSaid('Rollout 3 of given-up: iteration 2 → iteration 1');
    await rollouts.finish('given-up', 3, 'succeeded', null);
    const { code, stdout } = await abort.end;
    expect([code, stdout]).toEqual([0, 'rollout given-up/3 succeeded\n']);
    expect(await rollouts.find('given-up', 2)).toMatchObject({ status: 'rolledBack' });
  });
});
