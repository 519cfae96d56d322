import {
  bool,
  flags,
  i32,
  list,
  maybe,
  needResults,
  struct,
  text,
  typedParams,
  u32,
  u64,
} from '../wire/codec.js';
import { remote } from './procedure.js';
import {
  domain,
  hostInterface,
  network,
  nodeDevice,
  nwfilter,
  nwfilterBinding,
  secret,
  storagePool,
} from './references.js';

export const connectProcedures = {
  getType: remote('CONNECT_GET_TYPE', 3, {}, { type: text }),
  /** Version of the hypervisor: major * 1,000,000 + minor * 1,000 + release. */
  getVersion: remote('CONNECT_GET_VERSION', 4, {}, { hvVer: u64 }),
  /** `type` is a domain type such as `kvm`. */
  getMaxVcpus: remote('CONNECT_GET_MAX_VCPUS', 5, { type: maybe(text) }, { maxVcpus: i32 }),
  /** XML: the host with its UUID, CPU, NUMA cells and ways to migrate, and what guests it can run. */
  getCapabilities: remote('CONNECT_GET_CAPABILITIES', 7, {}, { capabilities: text }),
  listDefinedDomains: remote(
    'CONNECT_LIST_DEFINED_DOMAINS',
    21,
    { maxnames: i32 },
    { names: list(text, 16_384) },
  ),
  numOfDefinedDomains: remote('CONNECT_NUM_OF_DEFINED_DOMAINS', 25, {}, { num: i32 }),
  listDefinedNetworks: remote(
    'CONNECT_LIST_DEFINED_NETWORKS',
    36,
    { maxnames: i32 },
    { names: list(text, 16_384) },
  ),
  listDomains: remote('CONNECT_LIST_DOMAINS', 37, { maxids: i32 }, { ids: list(i32, 16_384) }),
  listNetworks: remote('CONNECT_LIST_NETWORKS', 38, { maxnames: i32 }, { names: list(text, 16_384) }),
  numOfDefinedNetworks: remote('CONNECT_NUM_OF_DEFINED_NETWORKS', 50, {}, { num: i32 }),
  numOfDomains: remote('CONNECT_NUM_OF_DOMAINS', 51, {}, { num: i32 }),
  numOfNetworks: remote('CONNECT_NUM_OF_NETWORKS', 52, {}, { num: i32 }),
  getHostname: remote('CONNECT_GET_HOSTNAME', 59, {}, { hostname: text }),
  numOfStoragePools: remote('CONNECT_NUM_OF_STORAGE_POOLS', 71, {}, { num: i32 }),
  listStoragePools: remote(
    'CONNECT_LIST_STORAGE_POOLS',
    72,
    { maxnames: i32 },
    { names: list(text, 16_384) },
  ),
  numOfDefinedStoragePools: remote('CONNECT_NUM_OF_DEFINED_STORAGE_POOLS', 73, {}, { num: i32 }),
  listDefinedStoragePools: remote(
    'CONNECT_LIST_DEFINED_STORAGE_POOLS',
    74,
    { maxnames: i32 },
    { names: list(text, 16_384) },
  ),
  /** XML; `type` is that of a pool, `srcSpec` the `<source>` where one looks. */
  findStoragePoolSources: remote(
    'CONNECT_FIND_STORAGE_POOL_SOURCES',
    75,
    { type: text, srcSpec: maybe(text), flags },
    { xml: text },
  ),
  getUri: remote('CONNECT_GET_URI', 110, {}, { uri: text }),
  numOfInterfaces: remote('CONNECT_NUM_OF_INTERFACES', 126, {}, { num: i32 }),
  listInterfaces: remote('CONNECT_LIST_INTERFACES', 127, { maxnames: i32 }, { names: list(text, 16_384) }),
  domainXmlFromNative: remote(
    'CONNECT_DOMAIN_XML_FROM_NATIVE',
    135,
    { nativeFormat: text, nativeConfig: text, flags },
    { domainXml: text },
  ),
  /** `nativeFormat` is `qemu-argv`. */
  domainXmlToNative: remote(
    'CONNECT_DOMAIN_XML_TO_NATIVE',
    136,
    { nativeFormat: text, domainXml: text, flags },
    { nativeConfig: text },
  ),
  numOfDefinedInterfaces: remote('CONNECT_NUM_OF_DEFINED_INTERFACES', 137, {}, { num: i32 }),
  listDefinedInterfaces: remote(
    'CONNECT_LIST_DEFINED_INTERFACES',
    138,
    { maxnames: i32 },
    { names: list(text, 16_384) },
  ),
  numOfSecrets: remote('CONNECT_NUM_OF_SECRETS', 139, {}, { num: i32 }),
  listSecrets: remote('CONNECT_LIST_SECRETS', 140, { maxuuids: i32 }, { uuids: list(text, 16_384) }),
  /** Whether nobody can listen to this connection. */
  isSecure: remote('CONNECT_IS_SECURE', 149, {}, { secure: bool }),
  /** Version of libvirt on the far side: major * 1,000,000 + minor * 1,000 + release. */
  getLibVersion: remote('CONNECT_GET_LIB_VERSION', 157, {}, { libVer: u64 }),
  /** Flags are COMPARE_CPU; the result is one of CPU_COMPARE. */
  compareCpu: remote('CONNECT_COMPARE_CPU', 158, { xml: text, flags }, { result: i32 }),
  /** The CPU that all of these have in common, as XML. Flags are CPU_BASELINE. */
  baselineCpu: remote('CONNECT_BASELINE_CPU', 162, { xmlCpus: list(text, 256), flags }, { cpu: text }),
  numOfNwfilters: remote('CONNECT_NUM_OF_NWFILTERS', 178, {}, { num: i32 }),
  listNwfilters: remote('CONNECT_LIST_NWFILTERS', 179, { maxnames: i32 }, { names: list(text, 16_384) }),
  /** XML of the SMBIOS; fails on a host that has none. */
  getSysinfo: remote('CONNECT_GET_SYSINFO', 203, { flags }, { sysinfo: text }),
  /** Flags are LIST_DOMAINS. */
  listAllDomains: remote(
    'CONNECT_LIST_ALL_DOMAINS',
    273,
    { needResults, flags },
    { domains: list(domain, 16_384), ret: u32 },
  ),
  /** Flags are LIST_STORAGE_POOLS. */
  listAllStoragePools: remote(
    'CONNECT_LIST_ALL_STORAGE_POOLS',
    281,
    { needResults, flags },
    { pools: list(storagePool, 16_384), ret: u32 },
  ),
  /** Flags are LIST_NETWORKS. */
  listAllNetworks: remote(
    'CONNECT_LIST_ALL_NETWORKS',
    283,
    { needResults, flags },
    { nets: list(network, 16_384), ret: u32 },
  ),
  /** Flags are LIST_INTERFACES. */
  listAllInterfaces: remote(
    'CONNECT_LIST_ALL_INTERFACES',
    284,
    { needResults, flags },
    { ifaces: list(hostInterface, 16_384), ret: u32 },
  ),
  /** Flags are LIST_NODE_DEVICES. */
  listAllNodeDevices: remote(
    'CONNECT_LIST_ALL_NODE_DEVICES',
    285,
    { needResults, flags },
    { devices: list(nodeDevice, 65_536), ret: u32 },
  ),
  listAllNwfilters: remote(
    'CONNECT_LIST_ALL_NWFILTERS',
    286,
    { needResults, flags },
    { filters: list(nwfilter, 16_384), ret: u32 },
  ),
  /** Flags are LIST_SECRETS. */
  listAllSecrets: remote(
    'CONNECT_LIST_ALL_SECRETS',
    287,
    { needResults, flags },
    { secrets: list(secret, 16_384), ret: u32 },
  ),
  getCpuModelNames: remote(
    'CONNECT_GET_CPU_MODEL_NAMES',
    312,
    { arch: text, needResults, flags },
    { models: list(text, 8192), ret: i32 },
  ),
  /** XML: what a domain can have with this emulator; CPU of host-model, firmware, devices. */
  getDomainCapabilities: remote(
    'CONNECT_GET_DOMAIN_CAPABILITIES',
    342,
    { emulatorbin: maybe(text), arch: maybe(text), machine: maybe(text), virttype: maybe(text), flags },
    { capabilities: text },
  ),
  /** No `doms` means all of them; `stats` are DOMAIN_STATS, 0 all groups; flags are GET_ALL_DOMAIN_STATS. */
  getAllDomainStats: remote(
    'CONNECT_GET_ALL_DOMAIN_STATS',
    344,
    { doms: list(domain, 16_384), stats: u32, flags },
    { retStats: list(struct({ dom: domain, params: typedParams(262_144) }), 16_384) },
  ),
  /** Flags are COMPARE_CPU; the result is one of CPU_COMPARE. */
  compareHypervisorCpu: remote(
    'CONNECT_COMPARE_HYPERVISOR_CPU',
    393,
    {
      emulator: maybe(text),
      arch: maybe(text),
      machine: maybe(text),
      virttype: maybe(text),
      xmlCpu: text,
      flags,
    },
    { result: i32 },
  ),
  /** The CPU that all of these have in common and this emulator can give, as XML. Flags are CPU_BASELINE. */
  baselineHypervisorCpu: remote(
    'CONNECT_BASELINE_HYPERVISOR_CPU',
    394,
    {
      emulator: maybe(text),
      arch: maybe(text),
      machine: maybe(text),
      virttype: maybe(text),
      xmlCpus: list(text, 256),
      flags,
    },
    { cpu: text },
  ),
  listAllNwfilterBindings: remote(
    'CONNECT_LIST_ALL_NWFILTER_BINDINGS',
    401,
    { needResults, flags },
    { bindings: list(nwfilterBinding, 16_384), ret: u32 },
  ),
  getStoragePoolCapabilities: remote(
    'CONNECT_GET_STORAGE_POOL_CAPABILITIES',
    403,
    { flags },
    { capabilities: text },
  ),
} as const;
