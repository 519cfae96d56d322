import { byField, typed } from '@diecast/node-libvirt';
import { both, they, we, type Step } from './steps.js';

const uuid = '11111111-2222-3333-4444-555555555555';
const owner = `<owner><name>x</name><uuid>${uuid}</uuid></owner>`;

const secret = { uuid, usageType: 2, usageID: 'pool ä' };
const theirSecret = `system("secret").secretLookupByUUIDString("${uuid}")`;
const readSecret: readonly Step[] = [
  both(
    'connect.listAllSecrets',
    ({ driver }) => driver('secret').connect.listAllSecrets(),
    'system("secret").listAllSecrets()',
  ),
  both(
    'connect.listSecrets',
    ({ driver }) => driver('secret').connect.listSecrets({ maxuuids: 8 }),
    'system("secret").listSecrets()',
  ),
  both(
    'connect.numOfSecrets',
    ({ driver }) => driver('secret').connect.numOfSecrets(),
    'system("secret").numOfSecrets()',
  ),
  both(
    'secret.getXmlDesc',
    ({ driver }) => driver('secret').secret.getXmlDesc({ secret }),
    `${theirSecret}.XMLDesc()`,
  ),
  both(
    'secret.getValue',
    ({ driver }) => driver('secret').secret.getValue({ secret }),
    `${theirSecret}.value()`,
  ),
  both('secret.lookupByUuid', ({ driver }) => driver('secret').secret.lookupByUuid({ uuid }), theirSecret),
  both(
    'secret.lookupByUsage',
    ({ driver }) => driver('secret').secret.lookupByUsage(secret),
    'system("secret").secretLookupByUsage(2, "pool ä")',
  ),
];

const nwfilter = (name: string): string =>
  `<filter name='${name}' chain='root'><rule action='drop' direction='in' priority='500'/></filter>`;
const readFilters: readonly Step[] = [
  both(
    'connect.listAllNwfilters',
    ({ driver }) => driver('nwfilter').connect.listAllNwfilters(),
    'system("nwfilter").listAllNWFilters()',
  ),
  both(
    'connect.listNwfilters',
    ({ driver }) => driver('nwfilter').connect.listNwfilters({ maxnames: 8 }),
    'system("nwfilter").listNWFilters()',
  ),
  both(
    'connect.numOfNwfilters',
    ({ driver }) => driver('nwfilter').connect.numOfNwfilters(),
    'system("nwfilter").numOfNWFilters()',
  ),
  both(
    'connect.listAllNwfilterBindings',
    ({ driver }) => driver('nwfilter').connect.listAllNwfilterBindings(),
    'system("nwfilter").listAllNWFilterBindings()',
  ),
  both(
    'nwfilter.lookupByName',
    ({ driver }) => driver('nwfilter').nwfilter.lookupByName({ name: 'ours' }),
    'system("nwfilter").nwfilterLookupByName("ours")',
  ),
  both(
    'nwfilter.getXmlDesc',
    async ({ driver }) =>
      driver('nwfilter').nwfilter.getXmlDesc(
        await driver('nwfilter').nwfilter.lookupByName({ name: 'ours' }),
      ),
    'system("nwfilter").nwfilterLookupByName("ours").XMLDesc()',
  ),
];
const binding = { portdev: 'lo', filtername: 'ours' };
const bindingXml = `<filterbinding>${owner}<portdev name='lo'/><mac address='52:54:00:7b:35:93'/><filterref filter='ours'/></filterbinding>`;
const theirBinding = 'system("nwfilter").nwfilterBindingLookupByPortDev("lo")';

const networkXml = `<network><name>q</name><bridge name='brq' stp='on' delay='0'/><ip address='192.168.76.1' netmask='255.255.255.0'/></network>`;
const portXml = `<networkport><uuid>${uuid}</uuid>${owner}<mac address='52:54:00:7b:35:93'/></networkport>`;
const theirPort = `net("q", "network").portLookupByUUIDString("${uuid}")`;

/** Drivers of the daemon that are no hypervisor. */
export const driverSteps: readonly Step[] = [
  we('secret.defineXml', ({ driver }) =>
    driver('secret').secret.defineXml({
      xml: `<secret ephemeral='no' private='no'><uuid>${uuid}</uuid><usage type='ceph'><name>pool ä</name></usage></secret>`,
    }),
  ),
  we('secret.setValue', ({ driver }) =>
    driver('secret').secret.setValue({ secret, value: Buffer.from([0, 1, 127, 128, 255]) }),
  ),
  ...readSecret,
  they('secret.setValue', `${theirSecret}.setValue(bytes(range(256)))`),
  ...readSecret,
  they('secret.undefine', `${theirSecret}.undefine()`),
  both('secret.lookupByUuid', ({ driver }) => driver('secret').secret.lookupByUuid({ uuid }), theirSecret),

  we('nwfilter.defineXml', ({ driver }) => driver('nwfilter').nwfilter.defineXml({ xml: nwfilter('ours') })),
  they(
    'nwfilter.defineXmlFlags',
    `system("nwfilter").nwfilterDefineXMLFlags("""${nwfilter('theirs')}""", 0)`,
  ),
  ...readFilters,
  we('nwfilterBinding.createXml', ({ driver }) =>
    driver('nwfilter').nwfilterBinding.createXml({ xml: bindingXml }),
  ),
  ...readFilters,
  both(
    'nwfilterBinding.lookupByPortDev',
    ({ driver }) => driver('nwfilter').nwfilterBinding.lookupByPortDev({ name: 'lo' }),
    theirBinding,
  ),
  both(
    'nwfilterBinding.getXmlDesc',
    ({ driver }) => driver('nwfilter').nwfilterBinding.getXmlDesc({ nwfilter: binding }),
    `${theirBinding}.XMLDesc()`,
  ),
  they('nwfilterBinding.delete', `${theirBinding}.delete()`),
  ...readFilters,

  we('network.createXml', ({ driver }) => driver('network').network.createXml({ xml: networkXml })),
  both(
    'network.getDhcpLeases',
    async ({ driver }) =>
      driver('network').network.getDhcpLeases(await driver('network').network.lookupByName({ name: 'q' })),
    'net("q", "network").DHCPLeases()',
  ),
  they('networkPort.createXml', `net("q", "network").portCreateXML("""${portXml}""")`),
  both(
    'network.listAllPorts',
    async ({ driver }) =>
      driver('network').network.listAllPorts({
        network: (await driver('network').network.lookupByName({ name: 'q' })).net,
      }),
    'net("q", "network").listAllPorts()',
  ),
  we('networkPort.setParameters', async ({ driver }) => {
    const { net } = await driver('network').network.lookupByName({ name: 'q' });
    return driver('network').networkPort.setParameters({
      port: { net, uuid },
      params: [typed.uint('inbound.average', 2_000_000_000)],
    });
  }),
  both(
    'networkPort.getParameters',
    async ({ driver }) => {
      const { net } = await driver('network').network.lookupByName({ name: 'q' });
      return driver('network').networkPort.getParameters({ port: { net, uuid }, nparams: 16 });
    },
    `${theirPort}.parameters()`,
    ({ params }) => byField(params),
  ),
  both(
    'networkPort.getXmlDesc',
    async ({ driver }) => {
      const { net } = await driver('network').network.lookupByName({ name: 'q' });
      return driver('network').networkPort.getXmlDesc({ port: { net, uuid } });
    },
    `${theirPort}.XMLDesc()`,
  ),
  they('networkPort.delete', `${theirPort}.delete()`),
  they('network.destroy', 'net("q", "network").destroy()'),

  both(
    'connect.listAllNodeDevices',
    ({ driver }) => driver('nodedev').connect.listAllNodeDevices(),
    'system("nodedev").listAllDevices()',
  ),
  both(
    'nodeDevice.getXmlDesc',
    ({ driver }) => driver('nodedev').nodeDevice.getXmlDesc({ name: 'computer' }),
    'system("nodedev").nodeDeviceLookupByName("computer").XMLDesc()',
  ),
  both(
    'nodeDevice.isPersistent',
    ({ driver }) => driver('nodedev').nodeDevice.isPersistent({ name: 'computer' }),
    'system("nodedev").nodeDeviceLookupByName("computer").isPersistent()',
  ),
  both(
    'nodeDevice.isActive',
    ({ driver }) => driver('nodedev').nodeDevice.isActive({ name: 'computer' }),
    'system("nodedev").nodeDeviceLookupByName("computer").isActive()',
  ),
  both(
    'nodeDevice.getAutostart',
    ({ driver }) => driver('nodedev').nodeDevice.getAutostart({ name: 'computer' }),
    'system("nodedev").nodeDeviceLookupByName("computer").autostart()',
  ),
  both(
    'connect.getStoragePoolCapabilities',
    ({ driver }) => driver('storage').connect.getStoragePoolCapabilities(),
    'system("storage").getStoragePoolCapabilities()',
  ),
];
