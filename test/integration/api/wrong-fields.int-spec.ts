import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost, insertInstance, insertService } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { insertProvenImage } from '../../harness/samples.js';
import { CASES, declaration, network, range, withAt } from './wrong-bodies.js';

let api: TestApi;
let instance = '';
beforeAll(async () => {
  api = await startTestApi();
  await insertHost(api.store, 'h1');
  await insertService(api.store, 'web');
  await insertProvenImage(api.store, 'img');
  instance = (await insertInstance(api.store, 'web', 'h1')).id;
}, 60_000);
afterAll(() => api.close());

describe('a body with a wrong field', () => {
  it.each(Object.entries(CASES))(
    'of %s is refused by the path of the field (SPEC-API-1)',
    async (_, each) => {
      const agent = api.as(each.role);
      const target = each.path(instance);
      const before = await api.store.events.latestId();
      for (const [path, values] of each.wrong) {
        for (const value of values) {
          const body = withAt(each.body, path, value);
          const request = each.method === 'put' ? agent.put(target) : agent.post(target);
          const answer = await request.send(body as object);
          const paths = refusal(answer, 'invalid');
          expect([
            path,
            value,
            paths.some(
              (named) => named === path || path.startsWith(`${named}.`) || named.startsWith(`${path}.`),
            ),
          ]).toEqual([path, value, true]);
        }
      }
      // Nothing was made, and nobody was told anything.
      expect(await api.store.events.latestId()).toBe(before);
    },
  );

  it('names every wrong field at once', async () => {
    const body = { ...declaration, machine: { vcpus: 0, memoryMiB: '1G' }, replica: 3 };
    const answer = await api.as('operator').put('/v1/services/web').send(body);
    const paths = refusal(answer, 'invalid');
    expect([...paths].toSorted()).toEqual(['machine.memoryMiB', 'machine.vcpus', 'replica']);
  });
});

describe('a body that contradicts itself', () => {
  it.each<readonly [string, string, object]>([
    [
      'a rollout that may replace no machine',
      'rollout.maxSurge',
      { rollout: { maxSurge: 0, maxUnavailable: 0 } },
    ],
    [
      'more machines than addresses',
      'network.addressing.rangeEnd',
      { replicas: 10, network: { ...network, addressing: range } },
    ],
    [
      'fewer addresses than two whole sets',
      'network.addressing.rangeEnd',
      { replicas: 6, network: { ...network, addressing: range }, rollout: { strategy: 'blueGreen' } },
    ],
    [
      'no addresses for machines on standby',
      'network.addressing.rangeEnd',
      { replicas: 5, network: { ...network, addressing: range }, rollout: { standbySeconds: 60 } },
    ],
    ['a port for the guest agent', 'health.port', { health: { kind: 'agent', port: 80 } }],
    [
      'another firmware than the image has',
      'machine.firmware',
      { machine: { ...declaration.machine, firmware: 'uefi' } },
    ],
  ])('with %s is refused', async (_, path, change) => {
    const answer = await api
      .as('operator')
      .put('/v1/services/web')
      .send({ ...declaration, ...change });
    expect(refusal(answer, 'invalid')).toContain(path);
  });

  it('under the name that proofs have is refused', async () => {
    const answer = await api.as('operator').put('/v1/services/image-proof').send(declaration);
    expect(refusal(answer, 'invalid')).toEqual(['name']);
  });
});
