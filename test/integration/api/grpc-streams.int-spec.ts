import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '@diecast/store';
import { objectOf, type Message } from '../../harness/grpc.js';
import { startTestGrpc, type TestGrpc } from '../../harness/grpc-server.js';

const NOBODY = '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2bff';

describe('streams of gRPC', () => {
  let store: Store;
  let api: TestGrpc;

  const watch = (rpc: string, request: Message, from = api) =>
    from.client.stream(`diecast.v1.${rpc}/Watch`, request, { token: from.tokens.viewer });

  /** The first so many events of a stream that has no end, or all of one that has. */
  async function read(rpc: string, request: Message, most = Infinity): Promise<readonly Message[]> {
    const seen: Message[] = [];
    const stream = watch(rpc, request);
    stream.on('error', () => undefined);
    for await (const event of stream as AsyncIterable<Message>) if (seen.push(event) >= most) break;
    stream.cancel();
    return seen;
  }

  beforeAll(async () => {
    store = await openStore();
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    api = await startTestGrpc(store);
  }, 60_000);
  afterAll(async () => {
    await api.close();
    await store.close();
  });

  it('watches an operation from its beginning to its end, and goes on after the event that the caller names (SPEC-EVT-1)', async () => {
    const { id } = await api.as('admin', 'Hosts/Drain', { name: 'h1' });
    const whole = read('Operations', { id });
    await store.operations.requestCancel(String(id));
    const events = await whole;
    expect(events.length).toBeGreaterThan(1);
    expect(events.at(-1)).toMatchObject({
      type: 'operation.changed',
      resource: { type: 'operation', id },
    });
    const said = events.map((event) => objectOf(event['data']));
    expect(said.at(-1)).toMatchObject({ status: 'cancelled' });
    for (const data of said) expect(data).not.toHaveProperty('input');

    const after = (event: Message | undefined) => ({ id, after_event_id: event?.['id'] });
    expect(await read('Operations', after(events[0]))).toEqual(events.slice(1));
    expect(await read('Operations', after(events.at(-1)))).toEqual([]);
    const [error] = (await once(watch('Operations', { id: NOBODY }), 'error')) as [unknown];
    expect(api.client.failureOf(error).code).toBe('not_found');
  });

  it('streams everything until the caller has enough, and goes on without a gap (SPEC-EVT-1)', async () => {
    const fromTheStart = read('Events', { after_event_id: '0' }, 12);
    for (const name of ['h2', 'h3', 'h4', 'h5'])
      await api.as('admin', 'Hosts/Register', { name, uri: `qemu+tls://${name}.example.org/system` });
    await api.as('admin', 'Hosts/Cordon', { name: 'h2' });
    await api.as('admin', 'Hosts/Uncordon', { name: 'h2' });
    const events = await fromTheStart;
    expect(events).toHaveLength(12);
    expect(events.map(({ id }) => BigInt(String(id)))).toEqual(
      events.map(({ id }) => BigInt(String(id))).toSorted((a, b) => Number(a - b)),
    );
    for (const cut of [1, 5, 11]) {
      const rest = await read('Events', { after_event_id: events[cut - 1]?.['id'] }, 12 - cut);
      expect(rest).toEqual(events.slice(cut));
    }
    const [error] = (await once(watch('Events', { after_event_id: 'x' }), 'error')) as [unknown];
    expect(api.client.failureOf(error)).toMatchObject({ status: status.INVALID_ARGUMENT, code: 'invalid' });
  });

  it('ends streams with UNAVAILABLE and answers who waits, at once when the server leaves', async () => {
    const other = await startTestGrpc(store);
    const stream = watch('Events', {}, other);
    await once(stream, 'metadata');
    const left = once(stream, 'error') as Promise<[unknown]>;
    stream.resume();
    const waiting = other.as('admin', 'Hosts/Register', {
      name: 'h9',
      uri: 'qemu+tls://h9.example.org/system',
      wait_seconds: 60,
    });
    for (let seen = '0'; (await store.hosts.find('h9')) === undefined; seen = await store.events.latestId())
      await store.events.wait(1000, undefined, seen);
    await other.leave();
    const failure = other.client.failureOf((await left)[0]);
    expect(failure).toMatchObject({
      status: status.UNAVAILABLE,
      code: 'unavailable',
      problem: { retry: 'later' },
    });
    expect(await waiting).toMatchObject({ kind: 'host.register', status: 'pending' });
    other.client.close();
  });
});
