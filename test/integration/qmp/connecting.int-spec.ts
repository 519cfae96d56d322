import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { QmpTimeoutError, TYPES_FROM } from '@diecast/qmp';
import { startQemu, type TestQemu } from '../../harness/qemu.js';

jest.setTimeout(60_000);

describe('a monitor of a real QEMU', () => {
  let qemu: TestQemu;

  beforeEach(async () => {
    qemu = await startQemu();
  });
  afterEach(async () => {
    await qemu?.end();
  });

  it('says the same on a unix socket, over TCP and when it is asked', async () => {
    const unix = await qemu.connect(qemu.monitors.unix);
    const tcp = await qemu.connect(qemu.monitors.tcp);
    expect(unix.greeting.version).toEqual(await unix.execute('query-version'));
    expect(tcp.greeting).toEqual(unix.greeting);
    expect(unix.greeting.capabilities).toEqual(['oob']);
    expect([unix.outOfBand, tcp.outOfBand]).toEqual([true, true]);
    const { major, minor } = unix.greeting.version.qemu;
    expect(TYPES_FROM.qemu).toMatch(new RegExp(String.raw`^${major}\.${minor}\.`));
    for (const command of ['query-status', 'query-cpus-fast', 'query-current-machine'] as const)
      expect(await tcp.execute(command)).toEqual(await unix.execute(command));
  });

  it('serves one client at a time: the next one is greeted when the first has left', async () => {
    const first = await qemu.connect();
    await expect(qemu.connect(qemu.monitors.unix, { deadlineMs: 100 })).rejects.toEqual(
      new QmpTimeoutError('connecting', 100, true),
    );
    const second = qemu.connect();
    first.close();
    expect(await (await second).execute('query-status')).toMatchObject({ running: false });
  });

  it('answers commands that have no type, and refuses by its own classes', async () => {
    const client = await qemu.connect();
    expect(await client.execute('query-memory-devices')).toEqual([]);
    expect(await client.execute('query-tpm-models', {})).toEqual(expect.any(Array));
    for (const [command, args, errorClass] of [
      ['no-such-command', {}, 'CommandNotFound'],
      ['device_del', { id: 'nobody' }, 'DeviceNotFound'],
      ['balloon', { value: 1 }, 'DeviceNotActive'],
      ['query-status', { surprise: 1 }, 'GenericError'],
      ['blockdev-add', { driver: 'file' }, 'GenericError'],
    ] as const)
      await expect(client.execute<string>(command, args)).rejects.toMatchObject({
        name: 'QmpError',
        command,
        errorClass,
      });
  });

  it('answers as many commands as are asked at once, each with its own answer', async () => {
    const client = await qemu.connect();
    const numbers = Array.from({ length: 500 }, (_, index) => index);
    const asked = numbers.map((number) =>
      client.execute('human-monitor-command', { 'command-line': `print ${number}` }),
    );
    expect((await Promise.all(asked)).map(Number)).toEqual(numbers);
  });

  it('takes text of any kind, and as much as fits in a line', async () => {
    const client = await qemu.connect();
    const text = 'äß€𝄞"\\\n\t\u0001\u2028'.repeat(2_000);
    await client.execute('object-add', { 'qom-type': 'secret', id: 'odd', data: text });
    expect(await client.execute('qom-get', { path: '/objects/odd', property: 'data' })).toBe(text);
  });

  it('is understood when it indents what it says', async () => {
    const pretty = await startQemu('-qmp-pretty', 'unix:pretty-monitor,server=on,wait=off');
    try {
      const plain = await pretty.connect();
      const indented = await pretty.connect({ path: join(pretty.folder, 'pretty-monitor') });
      expect(indented.greeting).toEqual(plain.greeting);
      for (const command of ['query-status', 'query-qmp-schema', 'query-block', 'query-machines'] as const)
        expect(await indented.execute(command)).toEqual(await plain.execute(command));
      const id = 'odd } {\r\n}\n';
      await indented.execute('object-add', { 'qom-type': 'secret', id: 'secret', data: id });
      expect(await indented.execute('qom-get', { path: '/objects/secret', property: 'data' })).toBe(id);
      await expect(indented.execute<string>('no-such-command', {})).rejects.toMatchObject({
        errorClass: 'CommandNotFound',
      });
      const events = await indented.events({ only: ['RESUME'] });
      await plain.execute('cont');
      expect((await events.next()).value).toMatchObject({ name: 'RESUME' });
    } finally {
      await pretty.end();
    }
  });

  it('fails what waits for it when it is killed, and what is asked afterwards', async () => {
    const client = await qemu.connect();
    const events = await client.events();
    const asked = Array.from({ length: 200 }, () => client.execute('query-qmp-schema'));
    const settled = Promise.allSettled(asked);
    await qemu.kill();
    const failures = (await settled).filter((result) => result.status === 'rejected');
    for (const { reason } of failures) expect(reason).toMatchObject({ failure: 'closed' });
    expect(failures.length).toBeGreaterThan(0);
    await expect(events.next()).rejects.toMatchObject({ failure: 'closed' });
    await expect(client.execute('query-status')).rejects.toMatchObject({ failure: 'closed' });
    await expect(qemu.connect()).rejects.toMatchObject({ failure: 'unreachable' });
    await expect(qemu.connect(qemu.monitors.tcp)).rejects.toMatchObject({ failure: 'unreachable' });
  });
});
