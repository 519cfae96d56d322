import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Libvirt, LibvirtError, VIR_ERR, type DomainRef } from '@diecast/node-libvirt';
import { libvirtPassthrough, QmpClient, type EventSubscription, type QmpEvent } from '@diecast/qmp';
import { stateOf } from '../../libs/qmp/examples/libvirt.js';
import { crashDaemon } from '../../apps/lab/src/lab.js';
import { startLab } from '../harness/lab.js';
import { until } from '../harness/until.js';

jest.setTimeout(60_000);

const PORT = 4999;
const MIB = 1024 * 1024;

/** A machine without a system, whose QEMU has a monitor of its own besides the one that libvirt holds. */
const domainXml = (address: string): string => `
<domain type="qemu" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <name>two-doors</name>
  <memory unit="MiB">64</memory>
  <vcpu>2</vcpu>
  <os><type arch="x86_64" machine="q35">hvm</type></os>
  <devices><controller type="usb" model="none"/></devices>
  <qemu:commandline>
    <qemu:arg value="-qmp"/>
    <qemu:arg value="tcp:${address}:${PORT},server=on,wait=off"/>
  </qemu:commandline>
</domain>`;

describe('one QEMU through two doors', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let libvirt: Libvirt;
  let dom: DomainRef;
  let socket: QmpClient;
  let passthrough: QmpClient;

  beforeAll(async () => {
    lab = await startLab('qmp', 1);
    const [host] = lab.hosts;
    if (host === undefined) throw new Error('the lab has no host');
    libvirt = new Libvirt(host.uri);
    ({ dom } = await libvirt.domain.createXml({ xml: domainXml(host.address) }));
    socket = await QmpClient.connect({ host: host.address, port: PORT });
    passthrough = await QmpClient.overPassthrough(libvirtPassthrough(libvirt, dom));
  }, 180_000);

  afterAll(async () => {
    socket?.close();
    passthrough?.close();
    libvirt?.close();
    await lab?.close();
  });

  const both = <T>(ask: (client: QmpClient) => Promise<T>): Promise<[T, T]> =>
    Promise.all([ask(socket), ask(passthrough)]);

  it('says the same of itself (SPEC-QMP-1)', async () => {
    expect(passthrough.greeting.version).toEqual(socket.greeting.version);
    expect([socket.outOfBand, passthrough.outOfBand]).toEqual([true, false]);
  });

  it.each([
    'query-version',
    'query-status',
    'query-uuid',
    'query-name',
    'query-cpus-fast',
    'query-machines',
    'query-block',
    'query-named-block-nodes',
    'query-migrate',
    'query-migrate-parameters',
    'query-migrate-capabilities',
    'query-memdev',
    'query-chardev',
    'query-iothreads',
    'query-jobs',
    'query-qmp-schema',
  ] as const)('gives the same values: %s (SPEC-QMP-1)', async (command) => {
    const [direct, carried] = await both<unknown>((client) => client.execute(command));
    expect(carried).toEqual(direct);
  });

  it('takes and gives the same text and numbers', async () => {
    const data = 'ä€𝄞"\\\n\u0001';
    await passthrough.execute('object-add', { 'qom-type': 'secret', id: 'odd', data });
    for (const value of [2 ** 53 - 1, 0])
      for (const writer of [socket, passthrough]) {
        await writer.execute('migrate-set-parameters', { 'max-postcopy-bandwidth': value });
        const parameters = await both((client) => client.execute('query-migrate-parameters'));
        expect(parameters.map((each) => each['max-postcopy-bandwidth'])).toEqual([value, value]);
      }
    const texts = await both((client) =>
      client.execute('qom-get', { path: '/objects/odd', property: 'data' }),
    );
    expect(texts).toEqual([data, data]);
  });

  it('refuses by the same classes', async () => {
    for (const [command, args, errorClass] of [
      ['no-such-command', {}, 'CommandNotFound'],
      ['device_del', { id: 'nobody' }, 'DeviceNotFound'],
      ['query-status', { surprise: 1 }, 'GenericError'],
    ] as const) {
      const refusals = await both((client) =>
        client.execute<string>(command, args).catch((error: unknown) => error),
      );
      expect(refusals[0]).toMatchObject({ name: 'QmpError', command, errorClass });
      expect(refusals[1]).toEqual(refusals[0]);
    }
  });

  it('tells the same events with the same time stamps, whoever caused them (SPEC-QMP-1)', async () => {
    const names = ['STOP', 'RESUME', 'JOB_STATUS_CHANGE'] as const;
    const subscriptions = await both((client) => client.events({ only: names }));
    await socket.execute('stop');
    await passthrough.execute('cont');
    for (const node of ['from', 'to'])
      await passthrough.execute('blockdev-add', { driver: 'null-co', 'node-name': node, size: MIB });
    await passthrough.jobs.run('copy', () =>
      passthrough.execute('blockdev-backup', {
        'job-id': 'copy',
        device: 'from',
        target: 'to',
        sync: 'full',
        'auto-dismiss': false,
      }),
    );
    const [direct, carried] = await Promise.all(subscriptions.map(untilJobIsGone));
    expect(direct?.map((event) => event.name).slice(0, 2)).toEqual(['STOP', 'RESUME']);
    expect(carried).toEqual(direct);
  });

  it('is used as the README shows', async () => {
    const find = async (host: Libvirt): Promise<DomainRef> =>
      (await host.domain.lookupByUuid({ uuid: dom.uuid })).dom;
    expect(await stateOf(lab.hosts[0]?.uri ?? '', find)).toBe('running');
  });

  it('tells readers of events when libvirtd was away, and commands go on with the next one', async () => {
    const events = await passthrough.events({ only: ['STOP'] });
    await crashDaemon(lab.dir, lab.hosts[0]?.name ?? '');
    await expect(events.next()).rejects.toMatchObject({
      name: 'QmpTransportError',
      failure: 'passthrough',
      cause: { name: 'LibvirtTransportError' },
    });
    const status = await until(() => passthrough.execute('query-status').catch(() => undefined));
    expect(status).toMatchObject({ running: true });
    const again = await passthrough.events({ only: ['STOP'] });
    await socket.execute('stop');
    expect((await again.next()).value).toMatchObject({ name: 'STOP' });
  });

  it('says with libvirt’s own error that the machine is gone', async () => {
    await libvirt.domain.destroy({ dom });
    const error: unknown = await passthrough.execute('query-status').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'QmpTransportError', failure: 'passthrough' });
    const { cause } = error as Error;
    expect(cause).toBeInstanceOf(LibvirtError);
    expect([VIR_ERR.NO_DOMAIN, VIR_ERR.OPERATION_INVALID]).toContain((cause as LibvirtError).code);
    await expect(socket.execute('query-status')).rejects.toMatchObject({ failure: 'closed' });
  });
});

type Watched = 'STOP' | 'RESUME' | 'JOB_STATUS_CHANGE';

async function untilJobIsGone(events: EventSubscription<Watched>): Promise<QmpEvent<Watched>[]> {
  const seen: QmpEvent<Watched>[] = [];
  for await (const event of events) {
    seen.push(event);
    if (event.name === 'JOB_STATUS_CHANGE' && event.data.status === 'null') break;
  }
  return seen;
}
