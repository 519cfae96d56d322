import { afterEach, describe, expect, it } from '@jest/globals';
import { QmpClient } from '../client.js';
import { QmpError, QmpTimeoutError } from '../errors.js';
import type { MonitorPassthrough, PassthroughEvent } from './passthrough.js';

const VERSION =
  '{"return": {"qemu": {"major": 7, "minor": 2, "micro": 22}, "package": "fake"}, "id": "libvirt-1"}';
const failing = (failure: string): unknown => expect.objectContaining({ name: 'QmpTransportError', failure });
const stop: PassthroughEvent = { event: 'STOP', seconds: 5n, micros: 250, details: null };

/** The holder of a monitor: answers as it is told, and tells the events that a test puts in. */
class Holder implements MonitorPassthrough {
  readonly commands: string[] = [];
  readonly subscriptions: {
    tell(event: PassthroughEvent): void;
    lose(error: Error): void;
    signal: AbortSignal;
  }[] = [];
  answer: (command: string) => Promise<string> | string = () => '{"return": {}}';
  subscribed: Promise<void> = Promise.resolve();

  async command(json: string): Promise<string> {
    this.commands.push(json);
    return json.includes('query-version') ? VERSION : this.answer(json);
  }

  async events(signal: AbortSignal): Promise<AsyncIterable<PassthroughEvent>> {
    await this.subscribed;
    const events = new TransformStream<PassthroughEvent, PassthroughEvent>();
    const writer = events.writable.getWriter();
    signal.addEventListener('abort', () => void writer.close().catch(() => undefined));
    this.subscriptions.push({
      signal,
      tell: (event) => void writer.write(event).catch(() => undefined),
      lose: (error) => void writer.abort(error).catch(() => undefined),
    });
    return events.readable;
  }
}

describe('the client on a passthrough', () => {
  const clients: QmpClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  async function connected(): Promise<[QmpClient, Holder]> {
    const holder = new Holder();
    const client = await QmpClient.overPassthrough(holder);
    clients.push(client);
    return [client, holder];
  }

  it('makes its greeting of the version that QEMU says', async () => {
    const [client] = await connected();
    expect(client.greeting).toEqual({
      version: { qemu: { major: 7, minor: 2, micro: 22 }, package: 'fake' },
      capabilities: [],
    });
    expect(client.outOfBand).toBe(false);
  });

  it('sends commands without an id and reads both kinds of answer', async () => {
    const [client, holder] = await connected();
    holder.answer = () => '{"return": [1, 2], "id": "libvirt-2"}';
    expect(await client.execute('x', { a: 1 })).toEqual([1, 2]);
    expect(holder.commands.at(-1)).toBe('{"execute":"x","arguments":{"a":1}}');
    holder.answer = () => '{"error": {"class": "DeviceNotFound", "desc": "none"}, "id": "libvirt-3"}';
    await expect(client.execute('x')).rejects.toEqual(new QmpError('x', 'DeviceNotFound', 'none'));
  });

  it('hands on why its holder refused, as the cause', async () => {
    const [client, holder] = await connected();
    const refusal = new Error('no domain');
    holder.answer = () => Promise.reject(refusal);
    const error: unknown = await client.execute('query-status').catch((reason: unknown) => reason);
    expect(error).toEqual(failing('passthrough'));
    expect((error as Error).cause).toBe(refusal);
  });

  it.each([
    ['protocol', ''],
    ['protocol', '[]'],
    ['protocol', '{"id": 1}'],
    ['protocol', '{"error": "no"}'],
    ['limit', `{"return": ${'['.repeat(2000)}`],
    ['limit', 'x'.repeat(11 * 1024 * 1024)],
  ])('refuses an answer that is none (%s)', async (failure, answer) => {
    const [client, holder] = await connected();
    holder.answer = () => answer;
    await expect(client.execute('query-status')).rejects.toEqual(failing(failure));
  });

  it('keeps its deadline whatever its holder does', async () => {
    const [client, holder] = await connected();
    holder.answer = () => new Promise(() => undefined);
    await expect(client.execute('stuck', {}, { deadlineMs: 10 })).rejects.toEqual(
      new QmpTimeoutError('stuck', 10, true),
    );
    holder.subscribed = new Promise(() => undefined);
    await expect(client.events({ deadlineMs: 10 })).rejects.toBeInstanceOf(QmpTimeoutError);
    const waiting = client.execute('stuck');
    client.close();
    await expect(waiting).rejects.toEqual(failing('closed'));
    await expect(client.execute('x')).rejects.toEqual(failing('closed'));
    await expect(client.events()).rejects.toEqual(failing('closed'));
  });

  it('has no out-of-band commands', async () => {
    const [client, holder] = await connected();
    const before = holder.commands.length;
    await expect(client.execute('yank', { instances: [] }, { outOfBand: true })).rejects.toEqual(
      failing('unsupported'),
    );
    expect(holder.commands).toHaveLength(before);
  });

  it('fetches events once for everybody, and while somebody listens', async () => {
    const [client, holder] = await connected();
    const [first, second] = [await client.events(), await client.events({ only: ['STOP'] })];
    expect(holder.subscriptions).toHaveLength(1);
    holder.subscriptions[0]?.tell(stop);
    const event = { name: 'STOP', data: {}, timestamp: { seconds: 5, microseconds: 250 }, atMs: 5000.25 };
    expect((await first.next()).value).toEqual(event);
    expect((await second.next()).value).toEqual(event);
    await first.return?.();
    expect(holder.subscriptions[0]?.signal.aborted).toBe(false);
    await second.return?.();
    expect(holder.subscriptions[0]?.signal.aborted).toBe(true);
    const again = await client.events();
    holder.subscriptions[1]?.tell({ ...stop, details: '{"id": "x"}' });
    expect((await again.next()).value?.data).toEqual({ id: 'x' });
  });

  it.each([
    ['passthrough', (holder: Holder) => holder.subscriptions[0]?.lose(new Error('gone'))],
    ['protocol', (holder: Holder) => holder.subscriptions[0]?.tell({ ...stop, details: 'no JSON' })],
    ['protocol', (holder: Holder) => holder.subscriptions[0]?.tell({ ...stop, details: '[]' })],
  ])('tells the readers when the events are lost (%s), and fetches them anew', async (failure, lose) => {
    const [client, holder] = await connected();
    const events = await client.events();
    lose(holder);
    await expect(events.next()).rejects.toEqual(failing(failure));
    const again = await client.events();
    holder.subscriptions[1]?.tell(stop);
    expect((await again.next()).value?.name).toBe('STOP');
  });

  it('says when it cannot subscribe', async () => {
    const [client, holder] = await connected();
    holder.subscribed = Promise.reject(new Error('refused'));
    await expect(client.events()).rejects.toEqual(failing('passthrough'));
    holder.subscribed = Promise.resolve();
    expect(await client.events()).toBeDefined();
  });
});
