import type { DomainRef, P } from '@diecast/node-libvirt';
import type { Recorder } from './world.js';

/** Calls by their place in `P`. */
export type Asks = {
  readonly [G in keyof typeof P]?: { readonly [K in keyof (typeof P)[G]]?: Ask } | undefined;
};
export type Ask = () => Promise<unknown>;

/** Everything that the test driver of libvirt 9.0 cannot do, asked as a driver that can would want it. */
export async function refused(host: Recorder): Promise<Asks> {
  const { dom } = await host.domain.lookupByName({ name: 'test' });
  const { net } = await host.network.lookupByName({ name: 'default' });
  const { pool } = await host.storagePool.lookupByName({ name: 'default-pool' });
  const volume = '<volume><name>wanted</name><capacity>1048576</capacity></volume>';
  const { vol } = await host.storageVol.createXml({ pool, xml: volume });
  return {
    ...ofTheMachine(host),
    domain: { ...ofRunning(host, dom), ...ofBlocks(host, dom), ...ofGuests(host, dom) },
    migrate: ofMigration(host, dom),
    qemu: {
      domainMonitorCommand: () => host.qemu.domainMonitorCommand({ dom, cmd: '{"execute":"query-status"}' }),
      domainAttach: () => host.qemu.domainAttach({ pidValue: 1 }),
      domainAgentCommand: () =>
        host.qemu.domainAgentCommand({ dom, cmd: '{"execute":"guest-ping"}', timeout: -1 }),
    },
    ...ofOtherDrivers(host),
    storagePool: { lookupByTargetPath: () => host.storagePool.lookupByTargetPath({ path: '/pool' }) },
    storageVol: {
      wipe: () => host.storageVol.wipe({ vol }),
      wipePattern: () => host.storageVol.wipePattern({ vol, algorithm: 0 }),
      upload: () => host.storageVol.upload({ vol, offset: 0n, length: 0n }),
      download: () => host.storageVol.download({ vol, offset: 0n, length: 0n }),
      resize: () => host.storageVol.resize({ vol, capacity: 2_097_152n }),
      getInfoFlags: () => host.storageVol.getInfoFlags({ vol }),
    },
    network: {
      getDhcpLeases: () => host.network.getDhcpLeases({ net }),
      listAllPorts: () => host.network.listAllPorts({ network: net }),
    },
    networkPort: {
      lookupByUuid: () => host.networkPort.lookupByUuid({ network: net, uuid }),
      createXml: () => host.networkPort.createXml({ network: net, xml: '<networkport/>' }),
      getParameters: () => host.networkPort.getParameters({ port: { net, uuid }, nparams: 0 }),
      setParameters: () => host.networkPort.setParameters({ port: { net, uuid }, params: weight }),
      getXmlDesc: () => host.networkPort.getXmlDesc({ port: { net, uuid } }),
      delete: () => host.networkPort.delete({ port: { net, uuid } }),
    },
  };
}

const uuid = '11111111-2222-3333-4444-555555555555';
const cookieIn = Buffer.from('cookie');
const weight = [{ field: 'weight', type: 'uint', value: 1 }] as const;
const cpu = '<cpu><arch>x86_64</arch><model>Penryn</model></cpu>';

const ofTheMachine = ({ connect, node }: Recorder): Pick<Asks, 'connect' | 'node'> => ({
  connect: {
    domainXmlFromNative: () =>
      connect.domainXmlFromNative({ nativeFormat: 'qemu-argv', nativeConfig: 'qemu' }),
    domainXmlToNative: () => connect.domainXmlToNative({ nativeFormat: 'qemu-argv', domainXml: '<domain/>' }),
    numOfSecrets: () => connect.numOfSecrets(),
    listSecrets: () => connect.listSecrets({ maxuuids: 8 }),
    listAllSecrets: () => connect.listAllSecrets(),
    compareCpu: () => connect.compareCpu({ xml: cpu }),
    compareHypervisorCpu: () => connect.compareHypervisorCpu({ xmlCpu: cpu }),
    baselineHypervisorCpu: () => connect.baselineHypervisorCpu({ xmlCpus: [cpu] }),
    getDomainCapabilities: () => connect.getDomainCapabilities(),
    getStoragePoolCapabilities: () => connect.getStoragePoolCapabilities(),
    numOfNwfilters: () => connect.numOfNwfilters(),
    listNwfilters: () => connect.listNwfilters({ maxnames: 8 }),
    listAllNwfilters: () => connect.listAllNwfilters(),
    listAllNwfilterBindings: () => connect.listAllNwfilterBindings(),
  },
  node: {
    getMemoryStats: () => node.getMemoryStats({ nparams: 0, cellNum: -1 }),
    suspendForDuration: () => node.suspendForDuration({ target: 0, duration: 60n }),
    setMemoryParameters: () => node.setMemoryParameters({ params: weight }),
    getMemoryParameters: () => node.getMemoryParameters({ nparams: 0 }),
    allocPages: () => node.allocPages({ pageSizes: [2048], pageCounts: [1n], startCell: 0, cellCount: 1 }),
    getSevInfo: () => node.getSevInfo({ nparams: 0 }),
  },
});

const ofRunning = ({ domain }: Recorder, dom: DomainRef): Asks['domain'] => ({
  getJobInfo: () => domain.getJobInfo({ dom }),
  getJobStats: () => domain.getJobStats({ dom }),
  abortJob: () => domain.abortJob({ dom }),
  abortJobFlags: () => domain.abortJobFlags({ dom }),
  managedSaveGetXmlDesc: () => domain.managedSaveGetXmlDesc({ dom }),
  managedSaveDefineXml: () => domain.managedSaveDefineXml({ dom, dxml: '<domain/>' }),
  saveParams: () => domain.saveParams({ dom, params: [{ field: 'file', type: 'string', value: '/tmp/no' }] }),
  restoreParams: () =>
    domain.restoreParams({ params: [{ field: 'file', type: 'string', value: '/tmp/no' }] }),
  backupBegin: () => domain.backupBegin({ dom, backupXml: '<domainbackup/>' }),
  backupGetXmlDesc: () => domain.backupGetXmlDesc({ dom }),
  attachDevice: () => domain.attachDevice({ dom, xml: '<disk/>' }),
  detachDevice: () => domain.detachDevice({ dom, xml: '<disk/>' }),
  attachDeviceFlags: () => domain.attachDeviceFlags({ dom, xml: '<disk/>' }),
  detachDeviceFlags: () => domain.detachDeviceFlags({ dom, xml: '<disk/>' }),
  detachDeviceAlias: () => domain.detachDeviceAlias({ dom, alias: 'net0' }),
  updateDeviceFlags: () => domain.updateDeviceFlags({ dom, xml: '<disk/>' }),
  openConsole: () => domain.openConsole({ dom }),
  openChannel: () => domain.openChannel({ dom }),
  setVcpu: () => domain.setVcpu({ dom, cpumap: '1', state: 1 }),
  startDirtyRateCalc: () => domain.startDirtyRateCalc({ dom, seconds: 1 }),
  setLaunchSecurityState: () => domain.setLaunchSecurityState({ dom, params: weight }),
});

const ofBlocks = ({ domain }: Recorder, dom: DomainRef): Asks['domain'] => ({
  blockPeek: () => domain.blockPeek({ dom, path: 'vda', offset: 0n, size: 16 }),
  blockJobAbort: () => domain.blockJobAbort({ dom, path: 'vda' }),
  getBlockJobInfo: () => domain.getBlockJobInfo({ dom, path: 'vda' }),
  blockJobSetSpeed: () => domain.blockJobSetSpeed({ dom, path: 'vda', bandwidth: 1n }),
  blockPull: () => domain.blockPull({ dom, path: 'vda', bandwidth: 0n }),
  blockStatsFlags: () => domain.blockStatsFlags({ dom, path: 'vda', nparams: 0 }),
  blockResize: () => domain.blockResize({ dom, disk: 'vda', size: 1024n }),
  blockRebase: () => domain.blockRebase({ dom, path: 'vda', bandwidth: 0n }),
  blockCommit: () => domain.blockCommit({ dom, disk: 'vda', bandwidth: 0n }),
  blockCopy: () => domain.blockCopy({ dom, path: 'vda', destxml: '<disk/>', params: [] }),
  setBlockThreshold: () => domain.setBlockThreshold({ dom, dev: 'vda', threshold: 1n }),
});

const ofGuests = ({ domain }: Recorder, dom: DomainRef): Asks['domain'] => ({
  pmSuspendForDuration: () => domain.pmSuspendForDuration({ dom, target: 0, duration: 0n }),
  pmWakeup: () => domain.pmWakeup({ dom }),
  getGuestVcpus: () => domain.getGuestVcpus({ dom }),
  setGuestVcpus: () => domain.setGuestVcpus({ dom, cpumap: '1', state: 1 }),
  getGuestInfo: () => domain.getGuestInfo({ dom, types: 0 }),
  agentSetResponseTimeout: () => domain.agentSetResponseTimeout({ dom, timeout: 1 }),
  authorizedSshKeysGet: () => domain.authorizedSshKeysGet({ dom, user: 'root' }),
  authorizedSshKeysSet: () => domain.authorizedSshKeysSet({ dom, user: 'root', keys: ['ssh-rsa x'] }),
});

/** Flags and resource of the calls before there were parameters. */
const old = { flags: 0n, resource: 0n };

const ofMigration = ({ migrate }: Recorder, dom: DomainRef): Asks['migrate'] => ({
  prepare: () => migrate.prepare(old),
  perform: () => migrate.perform({ dom, cookie: cookieIn, uri: 'tcp:x', ...old }),
  finish: () => migrate.finish({ dname: 'test', cookie: cookieIn, uri: 'tcp:x', flags: 0n }),
  prepare2: () => migrate.prepare2({ ...old, domXml: '<domain/>' }),
  finish2: () => migrate.finish2({ dname: 'test', cookie: cookieIn, uri: 'tcp:x', flags: 0n, retcode: 0 }),
  prepareTunnel: () => migrate.prepareTunnel({ ...old, domXml: '<domain/>' }),
  begin3: () => migrate.begin3({ dom, ...old }),
  prepare3: () => migrate.prepare3({ cookieIn, ...old, domXml: '<domain/>' }),
  prepareTunnel3: () => migrate.prepareTunnel3({ cookieIn, ...old, domXml: '<domain/>' }),
  perform3: () => migrate.perform3({ dom, cookieIn, ...old }),
  finish3: () => migrate.finish3({ dname: 'test', cookieIn, flags: 0n, cancelled: false }),
  confirm3: () => migrate.confirm3({ dom, cookieIn, flags: 0n, cancelled: false }),
  begin3Params: () => migrate.begin3Params({ dom, params: [] }),
  prepare3Params: () => migrate.prepare3Params({ params: [], cookieIn }),
  prepareTunnel3Params: () => migrate.prepareTunnel3Params({ params: [], cookieIn }),
  perform3Params: () => migrate.perform3Params({ dom, params: [], cookieIn }),
  finish3Params: () => migrate.finish3Params({ params: [], cookieIn, cancelled: false }),
  confirm3Params: () => migrate.confirm3Params({ dom, params: [], cookieIn, cancelled: false }),
  startPostCopy: () => migrate.startPostCopy({ dom }),
  setMaxDowntime: () => migrate.setMaxDowntime({ dom, downtime: 1n }),
  getMaxDowntime: () => migrate.getMaxDowntime({ dom }),
  setMaxSpeed: () => migrate.setMaxSpeed({ dom, bandwidth: 1n }),
  getMaxSpeed: () => migrate.getMaxSpeed({ dom }),
  setCompressionCache: () => migrate.setCompressionCache({ dom, cacheSize: 1024n }),
  getCompressionCache: () => migrate.getCompressionCache({ dom }),
});

const name = 'scsi_host1';
const nwfilter = { name: 'f', uuid };
const binding = { portdev: 'tap0', filtername: 'f' };
const secret = { uuid, usageType: 0, usageID: '' };

type OtherDrivers = Pick<Asks, 'nodeDevice' | 'nwfilter' | 'nwfilterBinding' | 'secret'>;
const ofOtherDrivers = (host: Recorder): OtherDrivers => ({
  nodeDevice: {
    dettach: () => host.nodeDevice.dettach({ name }),
    detachFlags: () => host.nodeDevice.detachFlags({ name }),
    reAttach: () => host.nodeDevice.reAttach({ name }),
    reset: () => host.nodeDevice.reset({ name }),
    lookupScsiHostByWwn: () =>
      host.nodeDevice.lookupScsiHostByWwn({ wwnn: '2000000012341234', wwpn: '1000000012341234' }),
    defineXml: () => host.nodeDevice.defineXml({ xml: '<device/>' }),
    undefine: () => host.nodeDevice.undefine({ name }),
    create: () => host.nodeDevice.create({ name }),
    getAutostart: () => host.nodeDevice.getAutostart({ name }),
    setAutostart: () => host.nodeDevice.setAutostart({ name, autostart: true }),
    isPersistent: () => host.nodeDevice.isPersistent({ name }),
    isActive: () => host.nodeDevice.isActive({ name }),
  },
  nwfilter: {
    lookupByName: () => host.nwfilter.lookupByName({ name: 'f' }),
    lookupByUuid: () => host.nwfilter.lookupByUuid({ uuid }),
    getXmlDesc: () => host.nwfilter.getXmlDesc({ nwfilter }),
    defineXml: () => host.nwfilter.defineXml({ xml: '<filter/>' }),
    defineXmlFlags: () => host.nwfilter.defineXmlFlags({ xml: '<filter/>' }),
    undefine: () => host.nwfilter.undefine({ nwfilter }),
  },
  nwfilterBinding: {
    lookupByPortDev: () => host.nwfilterBinding.lookupByPortDev({ name: 'tap0' }),
    getXmlDesc: () => host.nwfilterBinding.getXmlDesc({ nwfilter: binding }),
    createXml: () => host.nwfilterBinding.createXml({ xml: '<filterbinding/>' }),
    delete: () => host.nwfilterBinding.delete({ nwfilter: binding }),
  },
  secret: {
    lookupByUuid: () => host.secret.lookupByUuid({ uuid }),
    lookupByUsage: () => host.secret.lookupByUsage({ usageType: 1, usageID: 'x' }),
    defineXml: () => host.secret.defineXml({ xml: '<secret/>' }),
    getXmlDesc: () => host.secret.getXmlDesc({ secret }),
    setValue: () => host.secret.setValue({ secret, value: Buffer.from('x') }),
    getValue: () => host.secret.getValue({ secret }),
    undefine: () => host.secret.undefine({ secret }),
  },
});

/** What came after libvirt 9.0. */
export async function newer({ domain, network, nodeDevice }: Recorder): Promise<Asks> {
  const { dom } = await domain.lookupByName({ name: 'test' });
  const { net } = await network.lookupByName({ name: 'default' });
  return {
    domain: {
      getAutostartOnce: () => domain.getAutostartOnce({ dom }),
      setAutostartOnce: () => domain.setAutostartOnce({ dom, autostart: true }),
      graphicsReload: () => domain.graphicsReload({ dom, type: 0 }),
      setThrottleGroup: () => domain.setThrottleGroup({ dom, group: 'g', params: weight }),
      delThrottleGroup: () => domain.delThrottleGroup({ dom, group: 'g' }),
    },
    network: {
      setMetadata: () => network.setMetadata({ network: net, type: 1, metadata: 'title' }),
      getMetadata: () => network.getMetadata({ network: net, type: 1 }),
    },
    nodeDevice: { update: () => nodeDevice.update({ name, xml: '<device/>' }) },
  };
}

/**
 * The daemon asks for strings among the parameters, which these refuse as a flag they don't know; and it takes the driver's
 * `no page` for a failure. libvirt's own client gets the same answers.
 */
export async function defective({ domain, node }: Recorder): Promise<Asks> {
  const { dom } = await domain.lookupByName({ name: 'test' });
  return {
    node: { getFreePages: () => node.getFreePages({ pages: [4], startCell: 0, cellCount: 1 }) },
    domain: {
      getSchedulerParametersFlags: () => domain.getSchedulerParametersFlags({ dom, nparams: 1 }),
      getLaunchSecurityInfo: () => domain.getLaunchSecurityInfo({ dom }),
    },
  };
}
