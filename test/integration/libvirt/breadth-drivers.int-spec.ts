import { describe, expect, it } from '@jest/globals';
import { byField, SECRET_USAGE, typed, VIR_ERR } from '@diecast/node-libvirt';
import { useWorld } from './breadth/world.js';

const world = useWorld();
const uuid = '11111111-2222-3333-4444-555555555555';
const owner = `<owner><name>x</name><uuid>${uuid}</uuid></owner>`;

/** The daemon's drivers for what is no hypervisor: what the test driver lacks is asked of these. */
describe('secrets', () => {
  it('are defined, found, given a value and forgotten', async () => {
    const { connect, secret: secrets } = world.driver('secret');
    const xml = `<secret ephemeral='no' private='no'><uuid>${uuid}</uuid><usage type='ceph'><name>pool ä</name></usage></secret>`;
    const { secret } = await secrets.defineXml({ xml });
    expect(secret).toEqual({ uuid, usageType: SECRET_USAGE.CEPH, usageID: 'pool ä' });
    expect(await secrets.lookupByUuid({ uuid })).toEqual({ secret });
    expect(await secrets.lookupByUsage(secret)).toEqual({ secret });
    expect(await connect.listAllSecrets()).toEqual({ secrets: [secret], ret: 1 });
    expect(await connect.listSecrets({ maxuuids: 8 })).toEqual({ uuids: [uuid] });
    expect(await connect.numOfSecrets()).toEqual({ num: 1 });
    const value = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await secrets.setValue({ secret, value });
    expect(await secrets.getValue({ secret })).toEqual({ value });
    expect((await secrets.getXmlDesc({ secret })).xml).toContain('<name>pool ä</name>');
    await secrets.undefine({ secret });
    await expect(secrets.lookupByUuid({ uuid })).rejects.toMatchObject({ code: VIR_ERR.NO_SECRET });
  });
});

describe('network filters', () => {
  const filterXml = (name: string): string =>
    `<filter name='${name}' chain='root'><rule action='drop' direction='in' priority='500'/></filter>`;

  it('are defined and bound to a port', async () => {
    const { connect, nwfilter: filters, nwfilterBinding } = world.driver('nwfilter');
    const { nwfilter } = await filters.defineXml({ xml: filterXml('strict') });
    expect(nwfilter.name).toBe('strict');
    expect(await filters.lookupByName({ name: 'strict' })).toEqual({ nwfilter });
    expect(await filters.lookupByUuid({ uuid: nwfilter.uuid })).toEqual({ nwfilter });
    expect((await filters.getXmlDesc({ nwfilter })).xml).toContain("action='drop'");
    const { nwfilter: other } = await filters.defineXmlFlags({ xml: filterXml('other') });
    const all = await connect.listAllNwfilters();
    expect(all).toEqual({ filters: expect.arrayContaining([nwfilter, other]), ret: 2 });
    expect((await connect.listNwfilters({ maxnames: 8 })).names.toSorted()).toEqual(['other', 'strict']);
    expect(await connect.numOfNwfilters()).toEqual({ num: 2 });

    await world.daemon.exec('ip', 'link', 'add', 'port0', 'type', 'bridge');
    const xml = `<filterbinding>${owner}<portdev name='port0'/><mac address='52:54:00:7b:35:93'/><filterref filter='strict'/></filterbinding>`;
    const { nwfilter: binding } = await nwfilterBinding.createXml({ xml });
    expect(binding).toEqual({ portdev: 'port0', filtername: 'strict' });
    expect(await nwfilterBinding.lookupByPortDev({ name: 'port0' })).toEqual({ nwfilter: binding });
    expect(await connect.listAllNwfilterBindings()).toEqual({ bindings: [binding], ret: 1 });
    expect((await nwfilterBinding.getXmlDesc({ nwfilter: binding })).xml).toContain("name='port0'");
    await nwfilterBinding.delete({ nwfilter: binding });
    expect(await connect.listAllNwfilterBindings()).toEqual({ bindings: [], ret: 0 });
    for (const each of [nwfilter, other]) await filters.undefine({ nwfilter: each });
    expect(await connect.numOfNwfilters()).toEqual({ num: 0 });
  });
});

describe('a network of the daemon', () => {
  it('has ports with limits, and leases', async () => {
    const { network, networkPort } = world.driver('network');
    const { net } = await network.createXml({
      xml: `<network><name>ports</name><bridge name='brports' stp='on' delay='0'/>
        <ip address='192.168.77.1' netmask='255.255.255.0'/></network>`,
    });
    expect(await network.getDhcpLeases({ net })).toEqual({ leases: [], ret: 0 });
    const xml = `<networkport><uuid>${uuid}</uuid>${owner}<mac address='52:54:00:7b:35:93'/></networkport>`;
    const { port } = await networkPort.createXml({ network: net, xml });
    expect(port).toEqual({ net, uuid });
    expect(await networkPort.lookupByUuid({ network: net, uuid })).toEqual({ port });
    expect(await network.listAllPorts({ network: net })).toEqual({ ports: [port], ret: 1 });
    await networkPort.setParameters({ port, params: [typed.uint('inbound.average', 100)] });
    const { params } = await networkPort.getParameters({ port, nparams: 16 });
    expect(byField(params)).toMatchObject({ 'inbound.average': 100, 'inbound.peak': 0 });
    expect((await networkPort.getXmlDesc({ port })).xml).toContain("bridge='brports'");
    await networkPort.delete({ port });
    expect(await network.listAllPorts({ network: net })).toEqual({ ports: [], ret: 0 });
    await network.destroy({ net });
  });
});

describe('storage of the daemon', () => {
  it('is found by its path, and its volumes grow and are wiped', async () => {
    const { connect, storagePool, storageVol } = world.driver('storage');
    expect((await connect.getStoragePoolCapabilities()).capabilities).toContain(
      "<pool type='dir' supported='yes'>",
    );
    const path = world.file('pool');
    const xml = `<pool type='dir'><name>files</name><target><path>${path}</path></target></pool>`;
    const { pool } = await storagePool.createXml({ xml, flags: 1 });
    expect(await storagePool.lookupByTargetPath({ path })).toEqual({ pool });
    const volume = '<volume><name>v</name><capacity>1048576</capacity></volume>';
    const { vol } = await storageVol.createXml({ pool, xml: volume });
    await storageVol.resize({ vol, capacity: 2_097_152n });
    expect(await storageVol.getInfoFlags({ vol, flags: 1 })).toEqual({
      type: 0,
      capacity: 2_097_152n,
      allocation: 2_097_152n,
    });
    await storageVol.wipe({ vol });
    await storageVol.wipePattern({ vol, algorithm: 0 });
    await storageVol.delete({ vol });
    await storagePool.destroy({ pool });
  });
});

describe('devices of the real machine', () => {
  it('are there for good', async () => {
    const { connect, nodeDevice } = world.driver('nodedev');
    const { devices } = await connect.listAllNodeDevices();
    expect(devices).toContainEqual({ name: 'computer' });
    const name = 'computer';
    expect(await nodeDevice.isPersistent({ name })).toEqual({ persistent: true });
    expect(await nodeDevice.isActive({ name })).toEqual({ active: true });
    expect(await nodeDevice.getAutostart({ name })).toEqual({ autostart: true });
  });

  it('refuse what only a mediated device can do', async () => {
    const { nodeDevice } = world.driver('nodedev');
    const name = 'computer';
    await expect(nodeDevice.setAutostart({ name, autostart: false })).rejects.toMatchObject({
      code: VIR_ERR.OPERATION_UNSUPPORTED,
    });
    await expect(nodeDevice.undefine({ name })).rejects.toMatchObject({ code: VIR_ERR.CONFIG_UNSUPPORTED });
    await expect(nodeDevice.create({ name })).rejects.toMatchObject({ code: VIR_ERR.OPERATION_INVALID });
  });

  it('have interfaces that the system configures', async () => {
    const { connect, interface: interfaces } = world.driver('interface');
    const { ifaces } = await connect.listAllInterfaces();
    expect(ifaces).toContainEqual({ name: 'lo', mac: '00:00:00:00:00:00' });
    await expect(interfaces.changeBegin()).rejects.toMatchObject({ code: VIR_ERR.NO_SUPPORT });
  });
});
