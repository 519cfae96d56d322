import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Instance } from '@diecast/model';
import { insertHost, insertInstance, insertService } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { openStream, take, type OpenStream, type SentEvent } from '../../harness/event-stream.js';
import { insertProvenImage } from '../../harness/samples.js';
import { until } from '../../harness/until.js';

let api: TestApi;
let base: string;
let service: string;
let count = 0;
beforeAll(async () => {
  api = await startTestApi();
  base = await api.listen();
  await insertHost(api.store, 'h1');
}, 60_000);
beforeEach(async () => {
  count += 1;
  service = `web-${count}`;
  await insertService(api.store, service);
});
afterAll(() => api.close());

const cast = async (address: string): Promise<Instance> => {
  const { id } = await insertInstance(api.store, service, 'h1');
  return api.store.instances.update(id, { address });
};
/** The next iteration; machines that are cast from now on are of it. */
async function cutIteration(): Promise<void> {
  const { spec } = await api.store.services.iteration(service, 1);
  const image = await insertProvenImage(api.store, `${service}-2`);
  const { rollout, placement } = await api.store.services.require(service);
  await api.store.services.declare(service, { ...spec, image }, { replicas: 1, rollout, placement }, 'test');
}
const look = (path = ''): string => `/v1/services/${service}/endpoints${path}`;
type Item = { readonly instanceId: string; readonly weight: number };
async function weights(): Promise<Readonly<Record<string, number>>> {
  const { body } = await api.as('viewer').get(look()).expect(200);
  return Object.fromEntries((body.items as Item[]).map(({ instanceId, weight }) => [instanceId, weight]));
}

describe('endpoints', () => {
  it('say where every machine answers, and that all get the same part of the requests', async () => {
    const [one, other] = [await cast('192.0.2.10'), await cast('192.0.2.11')];
    const { body } = await api.as('viewer').get(look()).expect(200);
    const common = { iteration: 1, host: 'h1', port: 80, healthy: true, inTraffic: false, weight: 100 };
    expect(body).toEqual({
      items: [
        { ...common, instanceId: one.id, address: '192.0.2.10' },
        { ...common, instanceId: other.id, address: '192.0.2.11' },
      ],
    });
  });

  it('divide the requests by shares, and give none to what is staged, sick or leaving (SPEC-TRAF-4)', async () => {
    const old = [await cast('192.0.2.1'), await cast('192.0.2.2'), await cast('192.0.2.3')];
    await cutIteration();
    const fresh = await cast('192.0.2.4');
    const [first = fresh, second = fresh, third = fresh] = old;
    await api.store.services.setShares(service, { 1: 100 });
    expect(await weights()).toEqual({ [first.id]: 100, [second.id]: 100, [third.id]: 100, [fresh.id]: 0 });
    await api.store.services.setShares(service, { 1: 90, 2: 10 });
    expect(await weights()).toEqual({ [first.id]: 255, [second.id]: 255, [third.id]: 255, [fresh.id]: 85 });
    await api.store.instances.update(first.id, { healthy: false });
    await api.store.instances.setStatus(second.id, 'draining', null);
    expect(await weights()).toEqual({ [first.id]: 0, [second.id]: 0, [third.id]: 252, [fresh.id]: 28 });
  });

  it('are told to Prometheus as groups of targets with labels (SPEC-TRAF-4)', async () => {
    const { id } = await cast('192.0.2.10');
    const parked = await cast('192.0.2.11');
    await api.store.instances.setStatus(parked.id, 'draining', null);
    await api.store.instances.setStatus(parked.id, 'standby', null);
    const answer = await api.as('viewer').get(look('/prometheus')).expect(200);
    // What Prometheus refuses otherwise: discovery/http of its source.
    expect(answer.headers['content-type']).toMatch(/^application\/json(;\s*charset=("utf-8"|utf-8))?$/i);
    const labels = { service, iteration: '1', instance: id, host: 'h1' };
    expect(answer.body).toEqual([{ targets: ['192.0.2.10:80'], labels }]);
  });

  it('of a service that is not there are not found', async () => {
    for (const path of ['', '/prometheus', '/events'])
      refusal(await api.as('viewer').get(`/v1/services/nobody/endpoints${path}`), 'not_found');
  });
});

describe('the stream of endpoints', () => {
  const itemsOf = ({ data }: SentEvent): readonly Item[] => (data['data'] as { items: Item[] }).items;
  const open = (): Promise<OpenStream> => openStream(`${base}${look('/events')}`, api.tokens.viewer);

  it('sends the whole list at first and after each change of it, and of nothing else (SPEC-TRAF-4)', async () => {
    const one = await cast('192.0.2.10');
    const stream = await open();
    const [first] = await take(stream, 1);
    expect(first).toMatchObject({
      event: 'service.endpoints',
      data: { type: 'service.endpoints', resource: { type: 'service', id: service } },
    });
    const { body } = await api.as('viewer').get(look());
    expect(first?.data['data']).toEqual(body);
    // Neither of these changes where the service answers.
    await api.store.hosts.setStatus('h1', 'ready', null);
    await api.store.instances.update(one.id, { availableAt: new Date() });
    await api.store.instances.update(one.id, { healthy: false });
    const [second] = await take(stream, 1);
    expect(second && itemsOf(second)).toEqual([expect.objectContaining({ instanceId: one.id, weight: 0 })]);
    await api.store.services.setShares(service, { 2: 100 });
    await api.store.instances.update(one.id, { healthy: true });
    const [third] = await take(stream, 1);
    expect(third && itemsOf(third)).toEqual([
      expect.objectContaining({ instanceId: one.id, healthy: true, weight: 0 }),
    ]);
    stream.close();
  });

  it('brings whoever comes back to what holds now, and ends when the service is deleted', async () => {
    const { id } = await cast('192.0.2.10');
    (await open()).close();
    await api.store.instances.setStatus(id, 'draining', null);
    await api.store.instances.setStatus(id, 'discontinued', null);
    const stream = await open();
    const [first] = await take(stream, 1);
    expect(first && itemsOf(first)).toEqual([]);
    const rest = stream.events.next();
    await api.store.services.markDeleting(service);
    await api.store.services.markDeleted(service);
    expect(await until(() => rest)).toMatchObject({ done: true });
  });
});
