import { allOf, byField } from '@diecast/node-libvirt';
import { both, type Step } from './steps.js';

const cpu = (model: string): string => `<cpu><arch>x86_64</arch><model>${model}</model></cpu>`;

/** The connection and the machine. */
export const hostSteps: readonly Step[] = [
  both('connect.getType', ({ host }) => host.connect.getType(), 'conn().getType()'),
  both('connect.getVersion', ({ host }) => host.connect.getVersion(), 'conn().getVersion()'),
  both('connect.getLibVersion', ({ host }) => host.connect.getLibVersion(), 'conn().getLibVersion()'),
  both('connect.getHostname', ({ host }) => host.connect.getHostname(), 'conn().getHostname()'),
  both('connect.isSecure', ({ host }) => host.connect.isSecure(), 'conn().isSecure()'),
  both(
    'connect.getMaxVcpus',
    ({ host }) => host.connect.getMaxVcpus({ type: 'test' }),
    'conn().getMaxVcpus("test")',
  ),
  both('connect.getCapabilities', ({ host }) => host.connect.getCapabilities(), 'conn().getCapabilities()'),
  both('connect.getSysinfo', ({ host }) => host.connect.getSysinfo(), 'conn().getSysinfo()'),
  both(
    'connect.getCpuModelNames',
    ({ host }) => host.connect.getCpuModelNames({ arch: 'x86_64' }),
    'conn().getCPUModelNames("x86_64")',
  ),
  both(
    'connect.baselineCpu',
    ({ host }) => host.connect.baselineCpu({ xmlCpus: [cpu('Penryn'), cpu('Nehalem')], flags: 1 }),
    `conn().baselineCPU(['${cpu('Penryn')}', '${cpu('Nehalem')}'], 1)`,
  ),
  both(
    'connect.findStoragePoolSources',
    ({ host }) => host.connect.findStoragePoolSources({ type: 'logical' }),
    'conn().findStoragePoolSources("logical", None, 0)',
  ),
  both(
    'node.getInfo',
    ({ host }) => host.node.getInfo(),
    'conn().getInfo()',
    (info) =>
      // The binding says MiB.
      Object.values({ ...info, memory: info.memory / 1024n }),
  ),
  both('node.getFreeMemory', ({ host }) => host.node.getFreeMemory(), 'conn().getFreeMemory()'),
  both(
    'node.getCellsFreeMemory',
    ({ host }) => host.node.getCellsFreeMemory({ startCell: 0, maxcells: 2 }),
    'conn().getCellsFreeMemory(0, 2)',
  ),
  both(
    'node.getSecurityModel',
    ({ host }) => host.node.getSecurityModel(),
    'conn().getSecurityModel()',
    Object.values,
  ),
  both(
    'node.getCpuStats',
    ({ host }) => allOf((nparams) => host.node.getCpuStats({ cpuNum: -1, nparams })),
    'conn().getCPUStats(-1)',
    byField,
  ),
  both(
    'node.getCpuMap',
    ({ host }) => host.node.getCpuMap({ needMap: true, needOnline: true }),
    'conn().getCPUMap()',
    ({ cpumap, online, ret }) => [
      ret,
      Array.from({ length: ret }, (_, index) => (((cpumap[index >> 3] ?? 0) >> (index & 7)) & 1) === 1),
      online,
    ],
  ),
  both('node.listDevices', ({ host }) => host.node.listDevices({ maxnames: 64 }), 'conn().listDevices(None)'),
  both(
    'node.listDevices',
    ({ host }) => host.node.listDevices({ cap: 'scsi_host', maxnames: 64 }),
    'conn().listDevices("scsi_host")',
  ),
  both('node.numOfDevices', ({ host }) => host.node.numOfDevices({}), 'conn().numOfDevices(None)'),
  both(
    'connect.listAllNodeDevices',
    ({ host }) => host.connect.listAllNodeDevices(),
    'conn().listAllDevices()',
  ),
  both(
    'nodeDevice.lookupByName',
    ({ host }) => host.nodeDevice.lookupByName({ name: 'scsi_host1' }),
    'conn().nodeDeviceLookupByName("scsi_host1")',
  ),
  both(
    'nodeDevice.getXmlDesc',
    ({ host }) => host.nodeDevice.getXmlDesc({ name: 'scsi_host1' }),
    'conn().nodeDeviceLookupByName("scsi_host1").XMLDesc()',
  ),
  both(
    'nodeDevice.getParent',
    ({ host }) => host.nodeDevice.getParent({ name: 'scsi_host1' }),
    'conn().nodeDeviceLookupByName("scsi_host1").parent()',
  ),
  both(
    'nodeDevice.getParent',
    ({ host }) => host.nodeDevice.getParent({ name: 'computer' }),
    'conn().nodeDeviceLookupByName("computer").parent()',
  ),
  both(
    'nodeDevice.listCaps',
    ({ host }) => host.nodeDevice.listCaps({ name: 'computer', maxnames: 8 }),
    'conn().nodeDeviceLookupByName("computer").listCaps()',
  ),
  both(
    'nodeDevice.numOfCaps',
    ({ host }) => host.nodeDevice.numOfCaps({ name: 'computer' }),
    'conn().nodeDeviceLookupByName("computer").numOfCaps()',
  ),
];

const name = 'computer';
/** Errors, which are compared by all their fields. */
export const errorSteps: readonly Step[] = [
  both('domain.lookupByName', ({ dom }) => dom('nobody'), 'dom("nobody")'),
  both('domain.lookupById', ({ host }) => host.domain.lookupById({ id: 77 }), 'conn().lookupByID(77)'),
  both('network.lookupByName', ({ net }) => net('none'), 'net("none")'),
  both('storagePool.lookupByName', ({ pool }) => pool('none'), 'pool("none")'),
  both(
    'storageVol.lookupByKey',
    ({ host }) => host.storageVol.lookupByKey({ key: 'none' }),
    'conn().storageVolLookupByKey("none")',
  ),
  both(
    'storageVol.lookupByPath',
    ({ host }) => host.storageVol.lookupByPath({ path: '/none' }),
    'conn().storageVolLookupByPath("/none")',
  ),
  both(
    'domain.defineXml',
    ({ host }) => host.domain.defineXml({ xml: '<domain' }),
    'conn().defineXML("<domain")',
  ),
  both(
    'domain.createXml',
    ({ host }) => host.domain.createXml({ xml: '<domain/>' }),
    'conn().createXML("<domain/>", 0)',
  ),
  both(
    'domain.resume',
    async ({ host, dom }) => host.domain.resume({ dom: await dom('test') }),
    'dom("test").resume()',
  ),
  both(
    'domain.create',
    async ({ host, dom }) => host.domain.create({ dom: await dom('test') }),
    'dom("test").create()',
  ),
  both(
    'domain.getMetadata',
    async ({ host, dom }) => host.domain.getMetadata({ dom: await dom('test'), type: 2, uri: 'urn:none' }),
    'dom("test").metadata(2, "urn:none")',
  ),
  both(
    'domain.setMemory',
    async ({ host, dom }) => host.domain.setMemory({ dom: await dom('test'), memory: 999_999_999n }),
    'dom("test").setMemory(999999999)',
  ),
  both(
    'domain.openConsole',
    async ({ host, dom }) => host.domain.openConsole({ dom: await dom('test') }),
    'dom("test").openConsole(None, conn().newStream(), 0)',
  ),
  both(
    'domain.blockPull',
    async ({ host, dom }) => host.domain.blockPull({ dom: await dom('test'), path: 'vda', bandwidth: 0n }),
    'dom("test").blockPull("vda")',
  ),
  both(
    'domain.sendProcessSignal',
    async ({ host, dom }) =>
      host.domain.sendProcessSignal({ dom: await dom('test'), pidValue: 2n, signum: 1 }),
    'dom("test").sendProcessSignal(2, 1)',
  ),
  both(
    'domain.getLaunchSecurityInfo',
    async ({ host, dom }) => host.domain.getLaunchSecurityInfo({ dom: await dom('test') }),
    'dom("test").launchSecurityInfo()',
  ),
  both(
    'domain.getSchedulerParametersFlags',
    async ({ host, dom }) => host.domain.getSchedulerParametersFlags({ dom: await dom('test'), nparams: 1 }),
    'dom("test").schedulerParametersFlags(0)',
  ),
  both(
    'snapshot.current',
    async ({ host, dom }) => host.snapshot.current({ dom: await dom('test') }),
    'dom("test").snapshotCurrent()',
  ),
  both(
    'snapshot.lookupByName',
    async ({ host, dom }) => host.snapshot.lookupByName({ dom: await dom('test'), name: 'none' }),
    'dom("test").snapshotLookupByName("none")',
  ),
  both('connect.numOfSecrets', ({ host }) => host.connect.numOfSecrets(), 'conn().numOfSecrets()'),
  both(
    'nodeDevice.dettach',
    ({ host }) => host.nodeDevice.dettach({ name }),
    'conn().nodeDeviceLookupByName("computer").dettach()',
  ),
  both(
    'connect.getDomainCapabilities',
    ({ host }) => host.connect.getDomainCapabilities(),
    'conn().getDomainCapabilities()',
  ),
];
