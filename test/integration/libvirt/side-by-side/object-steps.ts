import { both, they, we, type Step } from './steps.js';

const poolXml = (name: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>/pools/${name}</path></target></pool>`;
const volumeXml = (name: string): string =>
  `<volume><name>${name}</name><capacity unit='bytes'>5000000000</capacity><allocation>0</allocation></volume>`;

const poolState: readonly Step[] = [
  both(
    'connect.listAllStoragePools',
    ({ host }) => host.connect.listAllStoragePools(),
    'conn().listAllStoragePools()',
  ),
  both(
    'connect.listStoragePools',
    ({ host }) => host.connect.listStoragePools({ maxnames: 64 }),
    'conn().listStoragePools()',
  ),
  both(
    'connect.numOfStoragePools',
    ({ host }) => host.connect.numOfStoragePools(),
    'conn().numOfStoragePools()',
  ),
  both(
    'connect.listDefinedStoragePools',
    ({ host }) => host.connect.listDefinedStoragePools({ maxnames: 64 }),
    'conn().listDefinedStoragePools()',
  ),
  both(
    'connect.numOfDefinedStoragePools',
    ({ host }) => host.connect.numOfDefinedStoragePools(),
    'conn().numOfDefinedStoragePools()',
  ),
  both(
    'storagePool.getInfo',
    async ({ host, pool }) => host.storagePool.getInfo({ pool: await pool('p') }),
    'pool("p").info()',
  ),
  both(
    'storagePool.getXmlDesc',
    async ({ host, pool }) => host.storagePool.getXmlDesc({ pool: await pool('p') }),
    'pool("p").XMLDesc()',
  ),
  both(
    'storagePool.isActive',
    async ({ host, pool }) => host.storagePool.isActive({ pool: await pool('p') }),
    'pool("p").isActive()',
  ),
  both(
    'storagePool.isPersistent',
    async ({ host, pool }) => host.storagePool.isPersistent({ pool: await pool('p') }),
    'pool("p").isPersistent()',
  ),
  both(
    'storagePool.getAutostart',
    async ({ host, pool }) => host.storagePool.getAutostart({ pool: await pool('p') }),
    'pool("p").autostart()',
  ),
];
const volumes: readonly Step[] = [
  both(
    'storagePool.listVolumes',
    async ({ host, pool }) => host.storagePool.listVolumes({ pool: await pool('p'), maxnames: 64 }),
    'pool("p").listVolumes()',
  ),
  both(
    'storagePool.listAllVolumes',
    async ({ host, pool }) => host.storagePool.listAllVolumes({ pool: await pool('p') }),
    'pool("p").listAllVolumes()',
  ),
  both(
    'storagePool.numOfVolumes',
    async ({ host, pool }) => host.storagePool.numOfVolumes({ pool: await pool('p') }),
    'pool("p").numOfVolumes()',
  ),
];

export const storageSteps: readonly Step[] = [
  we('storagePool.defineXml', ({ host }) => host.storagePool.defineXml({ xml: poolXml('p') })),
  ...poolState,
  they('storagePool.build', 'pool("p").build()'),
  we('storagePool.create', async ({ host, pool }) => host.storagePool.create({ pool: await pool('p') })),
  we('storagePool.setAutostart', async ({ host, pool }) =>
    host.storagePool.setAutostart({ pool: await pool('p'), autostart: true }),
  ),
  ...poolState,
  they('storagePool.setAutostart', 'pool("p").setAutostart(0)'),
  both(
    'storagePool.refresh',
    async ({ host, pool }) => host.storagePool.refresh({ pool: await pool('p') }),
    'done(pool("p").refresh())',
  ),
  both(
    'storagePool.lookupByName',
    ({ host }) => host.storagePool.lookupByName({ name: 'p' }),
    'conn().storagePoolLookupByName("p")',
  ),
  both(
    'storagePool.lookupByUuid',
    async ({ host, pool }) => host.storagePool.lookupByUuid(await pool('p')),
    'conn().storagePoolLookupByUUIDString(pool("p").UUIDString())',
  ),
  we('storageVol.createXml', async ({ host, pool }) =>
    host.storageVol.createXml({ pool: await pool('p'), xml: volumeXml('ours') }),
  ),
  they('storageVol.createXml', `pool("p").createXML("""${volumeXml('theirs')}""")`),
  we('storageVol.createXmlFrom', async ({ host, pool, vol }) =>
    host.storageVol.createXmlFrom({
      pool: await pool('p'),
      xml: volumeXml('copy'),
      clonevol: await vol('p', 'theirs'),
    }),
  ),
  ...volumes,
  ...poolState,
  both(
    'storageVol.lookupByName',
    ({ vol }) => vol('p', 'ours'),
    'vol("p", "ours")',
    (vol) => vol,
  ),
  both(
    'storageVol.lookupByKey',
    ({ host }) => host.storageVol.lookupByKey({ key: '/pools/p/ours' }),
    'conn().storageVolLookupByKey("/pools/p/ours")',
  ),
  both(
    'storageVol.lookupByPath',
    ({ host }) => host.storageVol.lookupByPath({ path: '/pools/p/copy' }),
    'conn().storageVolLookupByPath("/pools/p/copy")',
  ),
  both(
    'storageVol.getInfo',
    async ({ host, vol }) => host.storageVol.getInfo({ vol: await vol('p', 'theirs') }),
    'vol("p", "theirs").info()',
  ),
  both(
    'storageVol.getXmlDesc',
    async ({ host, vol }) => host.storageVol.getXmlDesc({ vol: await vol('p', 'theirs') }),
    'vol("p", "theirs").XMLDesc()',
  ),
  both(
    'storageVol.getPath',
    async ({ host, vol }) => host.storageVol.getPath({ vol: await vol('p', 'copy') }),
    'vol("p", "copy").path()',
  ),
  both(
    'storagePool.lookupByVolume',
    async ({ host, vol }) => host.storagePool.lookupByVolume({ vol: await vol('p', 'copy') }),
    'vol("p", "copy").storagePoolLookupByVolume()',
  ),
  we('storageVol.delete', async ({ host, vol }) => host.storageVol.delete({ vol: await vol('p', 'theirs') })),
  they('storageVol.delete', 'vol("p", "ours").delete()'),
  ...volumes,
  we('storagePool.destroy', async ({ host, pool }) => host.storagePool.destroy({ pool: await pool('p') })),
  they('storagePool.delete', 'pool("p").delete()'),
  ...poolState,
  we('storagePool.undefine', async ({ host, pool }) => host.storagePool.undefine({ pool: await pool('p') })),
  they('storagePool.createXml', `conn().storagePoolCreateXML("""${poolXml('p')}""")`),
  ...poolState,
  they('storagePool.destroy', 'pool("p").destroy()'),
  both(
    'storagePool.getInfo',
    async ({ host, pool }) => host.storagePool.getInfo({ pool: await pool('p') }),
    'pool("p").info()',
  ),
];

const networkXml = `<network><name>n</name><bridge name='virbr66'/><forward/><ip address='192.168.97.1' netmask='255.255.255.0'><dhcp><range start='192.168.97.2' end='192.168.97.9'/></dhcp></ip></network>`;
const host1 = "<host mac='00:16:3e:77:e2:01' name='a' ip='192.168.97.5'/>";
const host2 = "<host mac='00:16:3e:77:e2:02' name='b' ip='192.168.97.6'/>";

const networkState: readonly Step[] = [
  both('connect.listAllNetworks', ({ host }) => host.connect.listAllNetworks(), 'conn().listAllNetworks()'),
  both(
    'connect.listNetworks',
    ({ host }) => host.connect.listNetworks({ maxnames: 64 }),
    'conn().listNetworks()',
  ),
  both('connect.numOfNetworks', ({ host }) => host.connect.numOfNetworks(), 'conn().numOfNetworks()'),
  both(
    'connect.listDefinedNetworks',
    ({ host }) => host.connect.listDefinedNetworks({ maxnames: 64 }),
    'conn().listDefinedNetworks()',
  ),
  both(
    'connect.numOfDefinedNetworks',
    ({ host }) => host.connect.numOfDefinedNetworks(),
    'conn().numOfDefinedNetworks()',
  ),
  both(
    'network.getXmlDesc',
    async ({ host, net }) => host.network.getXmlDesc({ net: await net('n') }),
    'net("n").XMLDesc()',
  ),
  both(
    'network.isActive',
    async ({ host, net }) => host.network.isActive({ net: await net('n') }),
    'net("n").isActive()',
  ),
  both(
    'network.isPersistent',
    async ({ host, net }) => host.network.isPersistent({ net: await net('n') }),
    'net("n").isPersistent()',
  ),
  both(
    'network.getAutostart',
    async ({ host, net }) => host.network.getAutostart({ net: await net('n') }),
    'net("n").autostart()',
  ),
];

export const networkSteps: readonly Step[] = [
  we('network.defineXml', ({ host }) => host.network.defineXml({ xml: networkXml })),
  ...networkState,
  we('network.create', async ({ host, net }) => host.network.create({ net: await net('n') })),
  we('network.setAutostart', async ({ host, net }) =>
    host.network.setAutostart({ net: await net('n'), autostart: true }),
  ),
  ...networkState,
  both(
    'network.lookupByName',
    ({ host }) => host.network.lookupByName({ name: 'n' }),
    'conn().networkLookupByName("n")',
  ),
  both(
    'network.lookupByUuid',
    async ({ host, net }) => host.network.lookupByUuid(await net('n')),
    'conn().networkLookupByUUIDString(net("n").UUIDString())',
  ),
  both(
    'network.getBridgeName',
    async ({ host, net }) => host.network.getBridgeName({ net: await net('n') }),
    'net("n").bridgeName()',
  ),
  we('network.update', async ({ host, net }) =>
    host.network.update({ net: await net('n'), command: 3, section: 4, parentIndex: -1, xml: host1 }),
  ),
  they('network.update', `net("n").update(4, 4, -1, """${host2}""", 0)`),
  they('network.setAutostart', 'net("n").setAutostart(0)'),
  ...networkState,
  they('network.destroy', 'net("n").destroy()'),
  we('network.undefine', async ({ host, net }) => host.network.undefine({ net: await net('n') })),
  we('network.createXml', ({ host }) => host.network.createXml({ xml: networkXml })),
  ...networkState,
  we('network.destroy', async ({ host, net }) => host.network.destroy({ net: await net('n') })),
  they('network.createXmlFlags', `conn().networkCreateXMLFlags("""${networkXml}""", 0)`),
  ...networkState,
  they('network.destroy', 'net("n").destroy()'),
];

const interfaceXml = `<interface type='ethernet' name='eth7'><start mode='onboot'/><mac address='aa:bb:cc:dd:ee:07'/><mtu size='1492'/><protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/></protocol></interface>`;
const iface = { name: 'eth7', mac: 'aa:bb:cc:dd:ee:07' };
const eth7 = 'conn().interfaceLookupByName("eth7")';
const interfaceState: readonly Step[] = [
  both(
    'connect.listAllInterfaces',
    ({ host }) => host.connect.listAllInterfaces(),
    'conn().listAllInterfaces()',
  ),
  both(
    'connect.listInterfaces',
    ({ host }) => host.connect.listInterfaces({ maxnames: 64 }),
    'conn().listInterfaces()',
  ),
  both('connect.numOfInterfaces', ({ host }) => host.connect.numOfInterfaces(), 'conn().numOfInterfaces()'),
  both(
    'connect.listDefinedInterfaces',
    ({ host }) => host.connect.listDefinedInterfaces({ maxnames: 64 }),
    'conn().listDefinedInterfaces()',
  ),
  both(
    'connect.numOfDefinedInterfaces',
    ({ host }) => host.connect.numOfDefinedInterfaces(),
    'conn().numOfDefinedInterfaces()',
  ),
  both('interface.isActive', ({ host }) => host.interface.isActive({ iface }), `${eth7}.isActive()`),
  both('interface.getXmlDesc', ({ host }) => host.interface.getXmlDesc({ iface }), `${eth7}.XMLDesc()`),
];

export const interfaceSteps: readonly Step[] = [
  we('interface.defineXml', ({ host }) => host.interface.defineXml({ xml: interfaceXml })),
  ...interfaceState,
  they('interface.create', `${eth7}.create()`),
  ...interfaceState,
  both('interface.lookupByName', ({ host }) => host.interface.lookupByName({ name: 'eth7' }), eth7),
  both(
    'interface.lookupByMacString',
    ({ host }) => host.interface.lookupByMacString(iface),
    `conn().interfaceLookupByMACString("${iface.mac}")`,
  ),
  we('interface.destroy', ({ host }) => host.interface.destroy({ iface })),
  ...interfaceState,
  we('interface.create', ({ host }) => host.interface.create({ iface })),
  we('interface.changeBegin', ({ host }) => host.interface.changeBegin()),
  they('interface.undefine', `${eth7}.undefine()`),
  they('interface.changeRollback', 'conn().changeRollback()'),
  ...interfaceState,
  they('interface.changeBegin', 'conn().changeBegin()'),
  we('interface.undefine', ({ host }) => host.interface.undefine({ iface })),
  we('interface.changeCommit', ({ host }) => host.interface.changeCommit()),
  both(
    'connect.listAllInterfaces',
    ({ host }) => host.connect.listAllInterfaces(),
    'conn().listAllInterfaces()',
  ),
];
