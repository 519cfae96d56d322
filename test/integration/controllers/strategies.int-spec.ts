import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { macOf, type AnalysisSpec, type IterationSpec, type RolloutSpec } from '@diecast/model';
import { analysisController, serviceController } from '@diecast/controllers';
import type { Store } from '@diecast/store';
import { insertProvenImage, sampleSettings, sampleSpec } from '../../harness/samples.js';
import { silent } from '../../harness/services.js';
import { prepareStore, type StoreUnderTest } from '../../harness/stores.js';

/** No worker runs here: the machines do what this test says, and the controllers what the store tells them. */
describe('the strategies of a rollout, as controllers bring them about', () => {
  let underTest: StoreUnderTest;
  let store: Store;
  let spec: IterationSpec;
  let monitor: Server;
  let url: string;
  let answer: { status: number; body: string } = { status: 200, body: '' };
  let asked: string[] = [];
  /** Before it answers. */
  let onAsked: (() => Promise<void>) | undefined;
  const never = new AbortController().signal;
  const look = (): Promise<void> => serviceController({ store, log: silent }).run(never);
  const analyse = (): Promise<void> => analysisController({ store, log: silent }).run(never);
  const scalar = (value: string) =>
    JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [0, value] } });

  beforeAll(async () => {
    underTest = await prepareStore('PGlite');
    store = await underTest.open();
    spec = sampleSpec(await insertProvenImage(store, 'controlled'));
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    await store.hosts.setStatus('h1', 'ready', null);
    monitor = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      void Promise.resolve(onAsked?.()).then(() => response.writeHead(answer.status).end(answer.body));
    });
    await once(monitor.listen(0, '127.0.0.1'), 'listening');
    const at = monitor.address();
    if (at === null || typeof at === 'string') throw new Error('the monitor has no port');
    url = `http://127.0.0.1:${at.port}`;
  }, 60_000);
  afterAll(async () => {
    monitor.close();
    await store.close();
    await underTest.close();
  });

  const declare = async (name: string, memoryMiB: number, rollout: Partial<RolloutSpec>) => {
    const settings = sampleSettings(2);
    const wanted = { ...settings, rollout: { ...settings.rollout, ...rollout } };
    const machine = { ...spec.machine, memoryMiB };
    return store.services.declare(name, { ...spec, machine }, wanted, 'test');
  };

  /** What the operations that make machines leave behind, for all that were asked for. */
  async function makeAll(service: string): Promise<readonly string[]> {
    const made: string[] = [];
    for (const { id: operationId, kind, input } of await store.operations.open()) {
      const { instanceId, service: of, iteration } = input as Record<string, string>;
      if (kind !== 'instance.create' || of !== service || instanceId === undefined) continue;
      const place = {
        id: instanceId,
        service,
        iteration: Number(iteration),
        host: 'h1',
        mac: macOf(randomUUID()),
      };
      await store.instances.reserve({ ...place, memoryMiB: 128, range: null });
      for (const status of ['assembling', 'validating', 'available'] as const)
        await store.instances.setStatus(instanceId, status, null);
      await store.instances.recordHealth(instanceId, true);
      await store.operations.requestCancel(operationId);
      made.push(instanceId);
    }
    return made;
  }
  const sharesOf = async (name: string) => (await store.services.require(name)).shares;
  const stageOf = async (name: string) => (await store.rollouts.running(name))?.stage?.name;
  const startService = async (name: string, rollout: Partial<RolloutSpec>): Promise<void> => {
    await declare(name, 128, rollout);
    await look();
    await makeAll(name);
    await look();
    expect(await store.rollouts.running(name)).toBeUndefined();
  };
  const kindsFor = async (name: string): Promise<readonly string[]> =>
    (await store.operations.open())
      .filter(({ resources }) => resources.some(({ id }) => id === name))
      .map(({ kind }) => kind);

  it('gives a blue-green set nothing until it is whole and promoted, then everything (SPEC-ROLL-7)', async () => {
    await startService('blue', {});
    await declare('blue', 256, { strategy: 'blueGreen', promotion: 'manual', standbySeconds: 60 });
    await look();
    expect(await sharesOf('blue')).toEqual({ '1': 100 });
    await makeAll('blue');
    await look();
    expect(await stageOf('blue')).toBe('preview');
    await look();
    expect(await sharesOf('blue')).toEqual({ '1': 100 });

    const { number } = (await store.rollouts.running('blue')) ?? { number: 0 };
    await store.rollouts.promote('blue', number);
    await look();
    expect(await sharesOf('blue')).toEqual({ '2': 100 });
    for (let time = 0; time < 2; time += 1) await look();
    expect(await kindsFor('blue')).toEqual(['instance.park', 'instance.park']);
    const notes = (await store.rollouts.find('blue', number))?.notes ?? [];
    expect(notes.filter(({ action }) => action === 'divide').map(({ reason }) => reason)).toEqual([
      'of the requests, iteration 1 gets 100 %',
      'of the requests, iteration 2 gets 100 %',
    ]);
  });

  it('does nothing while a person has stopped a rollout, and goes on when they say so (SPEC-ROLL-8)', async () => {
    await startService('stopped', {});
    await declare('stopped', 256, {});
    const { number } = (await store.rollouts.running('stopped')) ?? { number: 0 };
    await store.rollouts.pause('stopped', number);
    await look();
    expect(await kindsFor('stopped')).toEqual([]);
    await store.rollouts.resume('stopped', number);
    await look();
    expect(await kindsFor('stopped')).toEqual(['instance.create']);
  });

  describe('with a canary that an analysis watches', () => {
    const errors = (): AnalysisSpec => ({
      kind: 'prometheus',
      name: 'errors',
      url: `${url}/prefix`,
      query: 'errors{service="web"}',
      least: null,
      most: 0.01,
      intervalSeconds: 0,
      failures: 2,
    });

    it('asks only while the canary serves, stores what it hears, and goes back when it is bad (SPEC-ROLL-9)', async () => {
      const rollout = {
        strategy: 'canary',
        steps: [{ weight: 50, pauseSeconds: null }],
        analysis: [errors()],
      } as const;
      await startService('canary', rollout);
      await declare('canary', 256, rollout);
      await look();
      asked = [];
      await analyse();
      expect(asked).toEqual([]);

      await makeAll('canary');
      for (let time = 0; time < 2; time += 1) await look();
      expect(await sharesOf('canary')).toEqual({ '1': 50, '2': 50 });
      expect(await stageOf('canary')).toBe('canary');
      answer = { status: 200, body: scalar('0.001') };
      await analyse();
      expect(asked).toEqual(['GET /prefix/api/v1/query?query=errors%7Bservice%3D%22web%22%7D']);
      expect((await store.rollouts.running('canary'))?.findings).toEqual([
        expect.objectContaining({ name: 'errors', good: true, badInRow: 0, message: '0.001' }),
      ]);

      answer = { status: 200, body: scalar('0.5') };
      for (let time = 0; time < 2; time += 1) await analyse();
      const before = await store.rollouts.running('canary');
      await look();
      expect((await store.rollouts.find('canary', before?.number ?? 0))?.statusReason).toBe(
        'analysis errors was bad 2 times in a row; the last said: 0.5 is more than 0.01',
      );
      await look();
      expect(await sharesOf('canary')).toEqual({ '1': 100 });
    });

    it('lets go of what it hears of a rollout that has ended meanwhile, and of no other', async () => {
      answer = { status: 200, body: scalar('0.001') };
      for (const name of ['ending', 'lasting']) {
        await startService(name, { analysis: [errors()] });
        await declare(name, 256, { analysis: [errors()] });
        await look();
        await makeAll(name);
      }
      const ending = (await store.rollouts.running('ending'))?.number ?? 0;
      onAsked = () => store.rollouts.finish('ending', ending, 'failed', 'a person was faster');
      await analyse();
      onAsked = undefined;
      expect((await store.rollouts.find('ending', ending))?.findings).toEqual([]);
      expect((await store.rollouts.running('lasting'))?.findings).toHaveLength(1);
    });

    it.each([
      ['a server that is no Prometheus', 200, 'hello', 'status 200, and the answer is none of Prometheus'],
      ['an error', 422, '{"status":"error","error":"parse error"}', 'Prometheus says: parse error'],
      [
        'no result',
        200,
        '{"status":"success","data":{"resultType":"vector","result":[]}}',
        'the query has no result',
      ],
      ['more than any answer has', 200, `"${'x'.repeat(200_000)}"`, 'the answer is none of Prometheus'],
    ])('takes %s for a bad answer', async (_, status, body, says) => {
      const name = `odd-${status}-${body.length}`;
      await startService(name, { analysis: [errors()] });
      await declare(name, 256, { analysis: [errors()] });
      await look();
      await makeAll(name);
      answer = { status, body };
      await analyse();
      expect((await store.rollouts.running(name))?.findings).toEqual([
        expect.objectContaining({
          good: false,
          badInRow: 1,
          message: expect.stringContaining(says) as unknown,
        }),
      ]);
    });
  });
});
