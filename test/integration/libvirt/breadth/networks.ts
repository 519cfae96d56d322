import { describe, expect, it } from '@jest/globals';
import { VIR_ERR } from '@diecast/node-libvirt';
import type { World } from './world.js';

const networkXml = (name: string, bridge: string): string =>
  `<network><name>${name}</name><bridge name="${bridge}"/><forward/>
  <ip address="192.168.99.1" netmask="255.255.255.0">
    <dhcp><range start="192.168.99.2" end="192.168.99.9"/></dhcp></ip></network>`;

const interfaceXml = `<interface type='ethernet' name='eth7'><start mode='onboot'/>
  <mac address='aa:bb:cc:dd:ee:07'/><mtu size='1492'/>
  <protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/><route gateway='192.168.0.1'/></protocol>
  </interface>`;

/** Networks of guests, and interfaces and devices of the machine. */
export function networkStories(world: World): void {
  describe('a network', () => {
    it('is defined, started, changed and taken away', async () => {
      const { connect, network } = world.host;
      const { net } = await network.defineXml({ xml: networkXml('nat', 'virbr7') });
      expect(await network.isActive({ net })).toEqual({ active: false });
      expect(await network.isPersistent({ net })).toEqual({ persistent: true });
      expect(await connect.listDefinedNetworks({ maxnames: 8 })).toEqual({ names: ['nat'] });
      expect(await connect.numOfDefinedNetworks()).toEqual({ num: 1 });
      await network.create({ net });
      expect(await network.isActive({ net })).toEqual({ active: true });
      expect(await network.getBridgeName({ net })).toEqual({ name: 'virbr7' });
      await network.setAutostart({ net, autostart: true });
      expect(await network.getAutostart({ net })).toEqual({ autostart: true });
      const guest = "<host mac='00:16:3e:77:e2:ed' name='a' ip='192.168.99.5'/>";
      await network.update({ net, command: 3, section: 4, parentIndex: -1, xml: guest, flags: 0 });
      expect((await network.getXmlDesc({ net })).xml).toContain(guest);

      expect(await network.lookupByName({ name: 'nat' })).toEqual({ net });
      expect(await network.lookupByUuid({ uuid: net.uuid })).toEqual({ net });
      const all = await connect.listAllNetworks();
      expect(all.nets).toEqual(expect.arrayContaining([net]));
      expect(all.nets).toHaveLength(all.ret);
      expect((await connect.listNetworks({ maxnames: 8 })).names.toSorted()).toEqual(
        all.nets.map(({ name }) => name).toSorted(),
      );
      expect(await connect.numOfNetworks()).toEqual({ num: all.ret });
      await network.destroy({ net });
      await network.undefine({ net });
      await expect(network.lookupByName({ name: 'nat' })).rejects.toMatchObject({ code: VIR_ERR.NO_NETWORK });
    });

    it('is made in the other ways', async () => {
      const { network } = world.host;
      const { net: defined } = await network.defineXmlFlags({ xml: networkXml('other', 'virbr8') });
      await network.undefine({ net: defined });
      for (const create of [network.createXml, network.createXmlFlags]) {
        const { net } = await create({ xml: networkXml('passing', 'virbr9') });
        expect(await network.isPersistent({ net })).toEqual({ persistent: false });
        await network.destroy({ net });
      }
    });
  });

  describe("the machine's interfaces", () => {
    it('are defined, started, stopped and forgotten', async () => {
      const { connect, interface: interfaces } = world.host;
      const { iface } = await interfaces.defineXml({ xml: interfaceXml });
      expect(iface).toEqual({ name: 'eth7', mac: 'aa:bb:cc:dd:ee:07' });
      expect(await connect.listDefinedInterfaces({ maxnames: 8 })).toEqual({ names: ['eth7'] });
      expect(await connect.numOfDefinedInterfaces()).toEqual({ num: 1 });
      await interfaces.create({ iface });
      expect(await interfaces.isActive({ iface })).toEqual({ active: true });
      expect(await connect.listInterfaces({ maxnames: 8 })).toEqual({
        names: expect.arrayContaining(['eth1', 'eth7']),
      });
      expect(await connect.numOfInterfaces()).toEqual({ num: 2 });
      expect(await connect.listAllInterfaces()).toEqual({ ifaces: expect.arrayContaining([iface]), ret: 2 });
      expect(await interfaces.lookupByName({ name: 'eth7' })).toEqual({ iface });
      expect(await interfaces.lookupByMacString({ mac: iface.mac })).toEqual({ iface });
      expect((await interfaces.getXmlDesc({ iface })).xml).toContain("<mtu size='1492'/>");
      await interfaces.destroy({ iface });

      await interfaces.changeBegin();
      await interfaces.undefine({ iface });
      await interfaces.changeRollback();
      expect(await interfaces.lookupByName({ name: 'eth7' })).toEqual({ iface });
      await interfaces.changeBegin();
      await interfaces.undefine({ iface });
      await interfaces.changeCommit();
      await expect(interfaces.lookupByName({ name: 'eth7' })).rejects.toMatchObject({
        code: VIR_ERR.NO_INTERFACE,
      });
    });
  });

  describe("the machine's devices", () => {
    it('form a tree', async () => {
      const { connect, node, nodeDevice } = world.host;
      const { devices, ret } = await connect.listAllNodeDevices();
      expect(devices).toHaveLength(ret);
      const names = devices.map(({ name }) => name).toSorted();
      expect((await node.listDevices({ maxnames: 64 })).names.toSorted()).toEqual(names);
      expect(await node.numOfDevices({})).toEqual({ num: ret });
      expect((await node.listDevices({ cap: 'system', maxnames: 8 })).names).toEqual(['computer']);
      expect(await nodeDevice.lookupByName({ name: 'scsi_host1' })).toEqual({ dev: { name: 'scsi_host1' } });
      expect(await nodeDevice.getParent({ name: 'scsi_host1' })).toEqual({ parentName: 'computer' });
      expect(await nodeDevice.getParent({ name: 'computer' })).toEqual({ parentName: null });
      expect(await nodeDevice.listCaps({ name: 'computer', maxnames: 8 })).toEqual({ names: ['system'] });
      expect(await nodeDevice.numOfCaps({ name: 'computer' })).toEqual({ num: 1 });
      expect((await nodeDevice.getXmlDesc({ name: 'computer' })).xml).toContain('<serial>123456</serial>');
    });

    it('are made and unmade', async () => {
      const { nodeDevice } = world.host;
      const xml = `<device><parent>scsi_host1</parent><capability type='scsi_host'>
        <capability type='fc_host'><wwnn>2000000012345678</wwnn><wwpn>1000000012345678</wwpn></capability>
        </capability></device>`;
      const { dev } = await nodeDevice.createXml({ xml });
      expect(dev.name).toMatch(/^scsi_host\d+$/);
      expect(await nodeDevice.getParent(dev)).toEqual({ parentName: 'scsi_host1' });
      await nodeDevice.destroy(dev);
      await expect(nodeDevice.lookupByName(dev)).rejects.toMatchObject({ code: VIR_ERR.NO_NODE_DEVICE });
    });
  });
}
