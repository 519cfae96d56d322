import { afterEach, describe, expect, it } from '@jest/globals';
import {
  DEFINED_DETAIL,
  EVENT_NAMES,
  LIFECYCLE,
  METADATA,
  NETWORK_LIFECYCLE,
  NODE_DEVICE_LIFECYCLE,
  POOL_LIFECYCLE,
  RESUMED_DETAIL,
  SECRET_LIFECYCLE,
  STARTED_DETAIL,
  STOPPED_DETAIL,
  SUSPENDED_DETAIL,
  UNDEFINED_DETAIL,
  type DomainRef,
  type HostEvent,
  Libvirt,
  type SubscriptionEvent,
} from '@diecast/node-libvirt';
import { registrationProcedures as registration } from '../../../libs/node-libvirt/src/procedures/events.js';
import { until } from '../../harness/until.js';
import { useWorld } from './breadth/world.js';

const world = useWorld();
let over = new AbortController();
afterEach(() => {
  over.abort();
  over = new AbortController();
});

type Heard = HostEvent | SubscriptionEvent;

/** Everything that a client hears of all kinds, from the moment on which nothing is missed any more. */
async function listen(host: Libvirt): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  const { signal } = over;
  void (async () => {
    for await (const event of host.events(EVENT_NAMES, signal)) heard.push(event);
  })();
  await until(() => heard.find(({ type }) => type === 'connected'));
  heard.splice(0);
  return heard;
}

/** The first events, when there are as many of them. */
const untilHeard = async (heard: readonly Heard[], count: number): Promise<readonly Heard[]> => {
  await until(() => (heard.length < count ? undefined : true));
  return heard.slice(0, count);
};

const domainXml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory unit='KiB'>1024</memory><os><type>hvm</type></os></domain>`;
const lifecycle = (dom: DomainRef, event: number, detail: number): HostEvent => ({
  type: 'lifecycle',
  dom,
  event,
  detail,
});

describe('events', () => {
  it('tell the life of a domain in order', async () => {
    const { domain } = world.host;
    const heard = await listen(world.host);
    const file = world.file('events-saved');
    const { dom } = await domain.defineXml({ xml: domainXml('told') });
    const again = domainXml('told').replace('</name>', `</name><uuid>${dom.uuid}</uuid>`);
    await domain.defineXml({ xml: again });
    const { dom: first } = await domain.createWithFlags({ dom });
    await domain.suspend({ dom });
    await domain.resume({ dom });
    await domain.setMetadata({ dom, type: METADATA.TITLE, metadata: 'title' });
    await domain.setMetadata({ dom, type: METADATA.ELEMENT, metadata: '<a/>', key: 'k', uri: 'urn:x' });
    await domain.save({ dom, to: file });
    await domain.restore({ from: file });
    const { dom: second } = await domain.lookupByUuid({ uuid: dom.uuid });
    await domain.destroy({ dom });
    await domain.rename({ dom, newName: 'retold' });
    const renamed = { ...dom, name: 'retold' };
    await domain.undefine({ dom });
    expect(await untilHeard(heard, 13)).toEqual([
      lifecycle(dom, LIFECYCLE.DEFINED, DEFINED_DETAIL.ADDED),
      lifecycle(dom, LIFECYCLE.DEFINED, DEFINED_DETAIL.UPDATED),
      lifecycle(first, LIFECYCLE.STARTED, STARTED_DETAIL.BOOTED),
      lifecycle(first, LIFECYCLE.SUSPENDED, SUSPENDED_DETAIL.PAUSED),
      lifecycle(first, LIFECYCLE.RESUMED, RESUMED_DETAIL.UNPAUSED),
      { type: 'metadataChange', dom: first, metadataType: METADATA.TITLE, nsuri: null },
      { type: 'metadataChange', dom: first, metadataType: METADATA.ELEMENT, nsuri: 'urn:x' },
      lifecycle(dom, LIFECYCLE.STOPPED, STOPPED_DETAIL.SAVED),
      lifecycle(second, LIFECYCLE.STARTED, STARTED_DETAIL.RESTORED),
      lifecycle(dom, LIFECYCLE.STOPPED, STOPPED_DETAIL.DESTROYED),
      lifecycle(dom, LIFECYCLE.UNDEFINED, UNDEFINED_DETAIL.RENAMED),
      lifecycle(renamed, LIFECYCLE.DEFINED, DEFINED_DETAIL.RENAMED),
      lifecycle(renamed, LIFECYCLE.UNDEFINED, UNDEFINED_DETAIL.REMOVED),
    ]);
  });

  it('tell of going back to a snapshot', async () => {
    const { domain, snapshot } = world.host;
    const { dom } = await domain.createXml({ xml: domainXml('back') });
    const heard = await listen(world.host);
    const { snap } = await snapshot.createXml({ dom, xml: '<domainsnapshot/>' });
    await domain.revertToSnapshot({ snap });
    const { dom: next } = await domain.lookupByName({ name: 'back' });
    await domain.shutdown({ dom });
    expect(await untilHeard(heard, 3)).toEqual([
      lifecycle(dom, LIFECYCLE.STOPPED, STOPPED_DETAIL.FROM_SNAPSHOT),
      lifecycle(next, LIFECYCLE.STARTED, STARTED_DETAIL.FROM_SNAPSHOT),
      lifecycle({ ...dom, id: -1 }, LIFECYCLE.STOPPED, STOPPED_DETAIL.SHUTDOWN),
    ]);
  });

  it('tell of networks', async () => {
    const { network } = world.host;
    const heard = await listen(world.host);
    const { net } = await network.defineXml({
      xml: "<network><name>told</name><bridge name='virbr77'/><forward/><ip address='192.168.98.1'/></network>",
    });
    await network.create({ net });
    await network.destroy({ net });
    await network.undefine({ net });
    const { DEFINED, STARTED, STOPPED, UNDEFINED } = NETWORK_LIFECYCLE;
    expect(await untilHeard(heard, 4)).toEqual(
      [DEFINED, STARTED, STOPPED, UNDEFINED].map((event) => ({
        type: 'networkLifecycle',
        net,
        event,
        detail: 0,
      })),
    );
  });

  it('tell of storage pools', async () => {
    const { storagePool } = world.host;
    const heard = await listen(world.host);
    const { pool } = await storagePool.defineXml({
      xml: "<pool type='dir'><name>told</name><target><path>/pools/told</path></target></pool>",
    });
    await storagePool.build({ pool });
    await storagePool.create({ pool });
    await storagePool.refresh({ pool });
    await storagePool.destroy({ pool });
    await storagePool.delete({ pool });
    await storagePool.undefine({ pool });
    const life = (event: number): HostEvent => ({ type: 'storagePoolLifecycle', pool, event, detail: 0 });
    expect(await untilHeard(heard, 7)).toEqual([
      life(POOL_LIFECYCLE.DEFINED),
      life(POOL_LIFECYCLE.CREATED),
      life(POOL_LIFECYCLE.STARTED),
      { type: 'storagePoolRefresh', pool },
      life(POOL_LIFECYCLE.STOPPED),
      life(POOL_LIFECYCLE.DELETED),
      life(POOL_LIFECYCLE.UNDEFINED),
    ]);
  });

  it("tell of the machine's devices", async () => {
    const { nodeDevice } = world.host;
    const heard = await listen(world.host);
    const { dev } = await nodeDevice.createXml({
      xml: `<device><parent>scsi_host1</parent><capability type='scsi_host'><capability type='fc_host'>
        <wwnn>2000000012345678</wwnn><wwpn>1000000012345678</wwpn></capability></capability></device>`,
    });
    await nodeDevice.destroy(dev);
    const { CREATED, DELETED } = NODE_DEVICE_LIFECYCLE;
    expect(await untilHeard(heard, 2)).toEqual(
      [CREATED, DELETED].map((event) => ({ type: 'nodeDeviceLifecycle', dev, event, detail: 0 })),
    );
  });

  it('tell of secrets, and that a driver has nothing else to tell of is no failure', async () => {
    const secrets = world.driver('secret');
    const heard = await listen(secrets);
    const xml = `<secret ephemeral='no' private='no'><usage type='ceph'><name>told</name></usage></secret>`;
    const { secret } = await secrets.secret.defineXml({ xml });
    await secrets.secret.setValue({ secret, value: Buffer.from('x') });
    await secrets.secret.undefine({ secret });
    const life = (event: number): HostEvent => ({ type: 'secretLifecycle', secret, event, detail: 0 });
    expect(await untilHeard(heard, 3)).toEqual([
      life(SECRET_LIFECYCLE.DEFINED),
      { type: 'secretValueChanged', secret },
      life(SECRET_LIFECYCLE.UNDEFINED),
    ]);
  });

  it('end when the client closes', async () => {
    const host = new Libvirt(world.uri('test', '/default'));
    const types: string[] = [];
    for await (const { type } of host.events(['lifecycle'], over.signal)) {
      types.push(type);
      host.close();
    }
    expect(types).toEqual(['connected']);
  });
});

describe('registrations', () => {
  it('are numbered for each connection and can be taken back', () =>
    world.host.withConnection(async (connection) => {
      const kinds = [
        [registration.domainEventCallbackRegisterAny, registration.domainEventCallbackDeregisterAny],
        [registration.networkEventRegisterAny, registration.networkEventDeregisterAny],
        [registration.storagePoolEventRegisterAny, registration.storagePoolEventDeregisterAny],
        [registration.nodeDeviceEventRegisterAny, registration.nodeDeviceEventDeregisterAny],
      ] as const;
      for (const [register, deregister] of kinds) {
        const { callbackID } = await connection.call(register, { eventID: 0 });
        await connection.call(deregister, { callbackID });
        await expect(connection.call(deregister, { callbackID })).rejects.toThrow();
      }
    }));
});

describe('a daemon that ends and starts again', () => {
  it('is told apart by a gap, after which events come again (SPEC-VIRT-8)', async () => {
    const heard = await listen(world.host);
    await world.restart();
    await until(() => heard.find(({ type }) => type === 'disconnected'));
    await until(() => heard.find(({ type }) => type === 'gap'));
    const { domain } = world.host;
    const { dom } = await domain.defineXml({ xml: domainXml('after') });
    await until(() => heard.find(({ type }) => type === 'lifecycle'));
    expect(heard.filter(({ type }) => type !== 'disconnected')).toEqual([
      { type: 'gap' },
      lifecycle(dom, LIFECYCLE.DEFINED, DEFINED_DETAIL.ADDED),
    ]);
    await domain.undefine({ dom });
  }, 60_000);
});
