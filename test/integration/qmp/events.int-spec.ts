import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isEvent, type QmpEvent } from '@diecast/qmp';
import { startQemu, type TestQemu } from '../../harness/qemu.js';

jest.setTimeout(60_000);

describe('events of a real QEMU', () => {
  let qemu: TestQemu;

  beforeEach(async () => {
    qemu = await startQemu();
  });
  afterEach(async () => {
    await qemu?.end();
  });

  it('tell what happened and when, by QEMU’s own clock, to everybody the same', async () => {
    const client = await qemu.connect();
    const other = await qemu.connect(qemu.monitors.tcp);
    const everything = await client.events();
    const some = await other.events({ only: ['STOP', 'RESUME', 'SHUTDOWN'] });
    const before = Date.now();
    for (const command of ['cont', 'stop', 'cont', 'quit'] as const) await client.execute(command);
    const seen: QmpEvent[] = [];
    await expect(
      (async () => {
        for await (const event of everything) seen.push(event);
      })(),
    ).rejects.toMatchObject({ failure: 'closed' });
    const after = Date.now() + 1;

    expect(seen.map((event) => event.name)).toEqual(['RESUME', 'STOP', 'RESUME', 'SHUTDOWN']);
    const times = [before, ...seen.map((event) => event.atMs), after];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const { timestamp, atMs } of seen)
      expect(atMs).toBeCloseTo(timestamp.seconds * 1000 + timestamp.microseconds / 1000, 3);
    const [end] = seen.filter((event) => isEvent(event, 'SHUTDOWN'));
    expect(end?.data).toEqual({ guest: false, reason: 'host-qmp-quit' });
    for (const event of seen) expect(await some.next()).toEqual({ done: false, value: event });
  });

  it('are told from the subscription on, and no longer than it lasts', async () => {
    const client = await qemu.connect();
    await client.execute('cont');
    const stop = new AbortController();
    const events = await client.events({ signal: stop.signal });
    await client.execute('stop');
    expect((await events.next()).value).toMatchObject({ name: 'STOP', data: {} });
    stop.abort();
    await client.execute('cont');
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});
