import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost } from '../../harness/api-world.js';
import { refusal, startTestApi, type TestApi } from '../../harness/api.js';
import { until } from '../../harness/until.js';
import { openStream, take, type SentEvent } from '../../harness/event-stream.js';

let api: TestApi;
let base: string;
beforeAll(async () => {
  api = await startTestApi();
  base = await api.listen();
}, 60_000);
afterAll(() => api.close());

const open = (path: string, lastEventId?: string) =>
  openStream(`${base}${path}`, api.tokens.viewer, lastEventId);
const say = (number: number) =>
  api.store.events.append({ type: 'test.said', resource: { type: 'host', id: 'h' }, data: { number } });
const numbersOf = (events: readonly SentEvent[]) =>
  events.map(({ data }) => (data['data'] as { number: number }).number);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

async function startDrain(name: string): Promise<string> {
  await insertHost(api.store, name);
  const { body } = await api.as('admin').post(`/v1/hosts/${name}/drain`).expect(202);
  return body.id;
}

describe('the stream of everything', () => {
  it('sends what happens as an id, a type, and JSON', async () => {
    const stream = await open('/v1/events');
    expect([stream.status, stream.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await say(7);
    const [event] = await take(stream, 1);
    expect(event).toMatchObject({
      event: 'test.said',
      data: { type: 'test.said', resource: { type: 'host', id: 'h' }, data: { number: 7 } },
    });
    expect(event?.data).toMatchObject({ id: event?.id, at: expect.stringMatching(/Z$/) });
    stream.close();
  });

  it('shows at once that it lives, although nothing happens', async () => {
    const stream = await open('/v1/events');
    const first = stream.events.next();
    expect(await until(() => stream.comments[0])).toBe('alive');
    await say(0);
    await first;
    stream.close();
  });

  it('has no gap and no repetition, however often it breaks off while things happen (SPEC-EVT-1)', async () => {
    const total = 300;
    const start = await api.store.events.latestId();
    const saying = (async () => {
      for (const number of upTo(total)) await say(number);
    })();
    const seen: SentEvent[] = [];
    let last = start;
    while (seen.length < total) {
      const stream = await open('/v1/events', last);
      const some = await take(stream, Math.min(37, total - seen.length));
      stream.close();
      seen.push(...some);
      last = some.at(-1)?.id ?? last;
    }
    await saying;
    expect(numbersOf(seen)).toEqual(upTo(total));
  }, 60_000);

  it('is the same for everybody who follows it at once (SPEC-EVT-1)', async () => {
    const start = await api.store.events.latestId();
    const streams = await Promise.all(upTo(5).map(() => open('/v1/events', start)));
    await Promise.all(upTo(50).map(say));
    const all = await Promise.all(streams.map((stream) => take(stream, 50)));
    for (const each of all) expect(each).toEqual(all[0]);
    for (const stream of streams) stream.close();
  });

  it('refuses to go on after what is no id of an event', async () => {
    for (const id of ['x', '-1', '01', '9223372036854775808', '1 or 1=1'])
      expect(refusal(await api.as('viewer').get('/v1/events').set('Last-Event-ID', id), 'invalid')).toEqual([
        'Last-Event-ID',
      ]);
  });
});

describe('the stream of an operation', () => {
  it('begins with its beginning, tells nothing of others, and ends with it', async () => {
    const id = await startDrain('d1');
    const stream = await open(`/v1/operations/${id}/events`);
    await startDrain('d2');
    await api.as('operator').post(`/v1/operations/${id}/cancel`).expect(200);
    const events: SentEvent[] = [];
    for await (const event of stream.events) events.push(event);
    expect(events.map(({ event }) => event)).toEqual(['operation.changed', 'operation.changed']);
    const { body } = await api.as('viewer').get(`/v1/operations/${id}`);
    expect(events.at(-1)?.data['data']).toEqual(body);
  });

  it('goes on after the last event seen, and says by 204 that nothing more comes (SPEC-EVT-1)', async () => {
    const id = await startDrain('d3');
    const [first] = await take(await open(`/v1/operations/${id}/events`), 1);
    await api.store.operations.requestCancel(id);
    const resumed = await open(`/v1/operations/${id}/events`, first?.id);
    const rest: SentEvent[] = [];
    for await (const event of resumed.events) rest.push(event);
    expect(rest.map(({ data }) => (data['data'] as { status: string }).status)).toEqual(['cancelled']);
    const over = await open(`/v1/operations/${id}/events`, rest.at(-1)?.id);
    expect(over.status).toBe(204);
  });

  it('of one that does not exist is not found', async () => {
    const path = '/v1/operations/00000000-0000-7000-8000-000000000000/events';
    refusal(await api.as('viewer').get(path), 'not_found');
  });
});

describe('every stream', () => {
  it('ends at once when the program leaves', async () => {
    const leaving = await startTestApi();
    const stream = await openStream(`${await leaving.listen()}/v1/events`, leaving.tokens.viewer);
    const end = stream.events.next();
    await leaving.close();
    expect(await end).toEqual({ value: undefined, done: true });
  }, 30_000);
});
