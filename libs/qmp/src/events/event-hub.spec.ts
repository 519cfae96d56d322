import { describe, expect, it, jest } from '@jest/globals';
import { QmpEventsLostError } from '../errors.js';
import { DEFAULT_LIMITS, type QmpLimits } from '../limits.js';
import { eventOf } from '../wire/message.js';
import type { QmpEvent } from './event.js';
import { EventHub } from './event-hub.js';
import type { EventStream } from './event-stream.js';

const happening = (name: string): QmpEvent => eventOf(name, {}, { seconds: 1, microseconds: 0 });
const hubWith = (limits: Partial<QmpLimits>, onIdle?: () => void): EventHub =>
  new EventHub({ ...DEFAULT_LIMITS, ...limits }, onIdle);

async function namesOf(stream: EventStream): Promise<string[]> {
  const names: string[] = [];
  for await (const event of stream) names.push(event.name);
  return names;
}

describe('events', () => {
  it('reach everybody who subscribed, in order, and only those that they want', async () => {
    const hub = hubWith({});
    const all = hub.subscribe(undefined, undefined);
    const stops = hub.subscribe(['STOP'], undefined);
    for (const name of ['STOP', 'RESUME', 'STOP']) hub.publish(happening(name), 10);
    hub.end();
    expect(await namesOf(all)).toEqual(['STOP', 'RESUME', 'STOP']);
    expect(await namesOf(stops)).toEqual(['STOP', 'STOP']);
  });

  it('are handed to readers that wait, in the order in which they asked', async () => {
    const hub = hubWith({});
    const stream = hub.subscribe(undefined, undefined);
    const asked = [stream.next(), stream.next(), stream.next()];
    hub.publish(happening('A'), 1);
    hub.publish(happening('B'), 1);
    hub.end();
    const answers = await Promise.all(asked);
    expect(answers.map((answer) => (answer.done === true ? 'over' : answer.value.name))).toEqual([
      'A',
      'B',
      'over',
    ]);
  });

  it.each([
    ['their number', { maxQueuedEvents: 2 }, 1],
    ['their bytes', { maxQueuedEventBytes: 200 }, 100],
  ])('are lost to a slow reader by %s, who is told after those that waited', async (_, limits, bytes) => {
    const hub = hubWith(limits);
    const stream = hub.subscribe(undefined, undefined);
    for (const name of ['A', 'B', 'C', 'D']) hub.publish(happening(name), bytes);
    expect((await stream.next()).value?.name).toBe('A');
    expect((await stream.next()).value?.name).toBe('B');
    await expect(stream.next()).rejects.toThrow(new QmpEventsLostError(2));
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('always have room for one, however large', async () => {
    const hub = hubWith({ maxQueuedEventBytes: 10 });
    const stream = hub.subscribe(undefined, undefined);
    hub.publish(happening('LARGE'), 1000);
    expect((await stream.next()).value?.name).toBe('LARGE');
  });

  it('end with the connection, after those that wait', async () => {
    const hub = hubWith({});
    const stream = hub.subscribe(undefined, undefined);
    hub.publish(happening('A'), 1);
    hub.end(new Error('gone'));
    expect((await stream.next()).value?.name).toBe('A');
    await expect(stream.next()).rejects.toThrow('gone');
  });

  it('end with the signal of the subscription, with `return`, and by leaving the loop', async () => {
    const onIdle = jest.fn();
    const hub = hubWith({}, onIdle);
    const stop = new AbortController();
    const bySignal = hub.subscribe(undefined, stop.signal);
    const byReturn = hub.subscribe(undefined, undefined);
    const byLeaving = hub.subscribe(undefined, undefined);
    hub.publish(happening('A'), 1);
    stop.abort();
    await byReturn.return();
    for await (const event of byLeaving) {
      expect(event.name).toBe('A');
      break;
    }
    expect(onIdle).toHaveBeenCalledTimes(1);
    for (const stream of [bySignal, byReturn, byLeaving]) expect(await namesOf(stream)).toEqual([]);
    expect(await namesOf(hub.subscribe(undefined, AbortSignal.abort()))).toEqual([]);
  });
});
