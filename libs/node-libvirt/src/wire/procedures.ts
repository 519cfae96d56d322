import {
  bool,
  chars,
  i32,
  i64,
  list,
  opaque,
  optional,
  struct,
  text,
  typedParams,
  u32,
  u64,
  uuid,
  type Codec,
  type Infer,
} from './codec.js';
import { PROGRAM } from './packet.js';

/**
 * The procedures of libvirt's remote protocol, described once: number, arguments, result, stream. Types follow from here.
 * Numbers and layouts are those of libvirt 9.0 (the protocol only grows; see src/remote/remote_protocol.x there).
 */
export type Procedure<A, R> = {
  readonly name: string;
  readonly program: number;
  readonly number: number;
  readonly args: Codec<A>;
  readonly result: Codec<R>;
};

const nothing = struct({});

function remote<A, R>(name: string, number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { name, program: PROGRAM.remote, number, args, result };
}
function qemu<A, R>(name: string, number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { name, program: PROGRAM.qemu, number, args, result };
}

export const domain = struct({ name: text, uuid, id: i32 });
export type DomainRef = Infer<typeof domain>;
export const pool = struct({ name: text, uuid });
export type PoolRef = Infer<typeof pool>;
export const volume = struct({ pool: text, name: text, key: text });
export type VolumeRef = Infer<typeof volume>;
export const network = struct({ name: text, uuid });
export type NetworkRef = Infer<typeof network>;
const snapshot = struct({ name: text, dom: domain });
const cookie = opaque(4_194_304);
const flags = u32;

export const errorPayload = struct({
  code: i32,
  domain: i32,
  message: optional(text),
  level: i32,
  dom: optional(domain),
  str1: optional(text),
  str2: optional(text),
  str3: optional(text),
  int1: i32,
  int2: i32,
  net: optional(network),
});

const dom = struct({ dom: domain });
const domFlags = struct({ dom: domain, flags });
const poolFlags = struct({ pool, flags });
const volFlags = struct({ vol: volume, flags });
const lease = struct({
  iface: text,
  expirytime: i64,
  type: i32,
  mac: optional(text),
  iaid: optional(text),
  ipaddr: text,
  prefix: u32,
  hostname: optional(text),
  clientid: optional(text),
});
const address = struct({ type: i32, addr: text, prefix: u32 });

export const P = {
  authList: remote('AUTH_LIST', 66, nothing, struct({ types: list(u32, 20) })),
  authPolkit: remote('AUTH_POLKIT', 70, nothing, struct({ complete: i32 })),
  connectOpen: remote('CONNECT_OPEN', 1, struct({ name: optional(text), flags }), nothing),
  connectClose: remote('CONNECT_CLOSE', 2, nothing, nothing),
  supportsFeature: remote(
    'CONNECT_SUPPORTS_FEATURE',
    60,
    struct({ feature: i32 }),
    struct({ supported: bool }),
  ),
  hypervisorVersion: remote('CONNECT_GET_VERSION', 4, nothing, struct({ version: u64 })),
  libVersion: remote('CONNECT_GET_LIB_VERSION', 157, nothing, struct({ version: u64 })),
  hostname: remote('CONNECT_GET_HOSTNAME', 59, nothing, struct({ hostname: text })),
  uri: remote('CONNECT_GET_URI', 110, nothing, struct({ uri: text })),

  capabilities: remote('CONNECT_GET_CAPABILITIES', 7, nothing, struct({ xml: text })),
  domainCapabilities: remote(
    'CONNECT_GET_DOMAIN_CAPABILITIES',
    342,
    struct({
      emulator: optional(text),
      arch: optional(text),
      machine: optional(text),
      virttype: optional(text),
      flags,
    }),
    struct({ xml: text }),
  ),
  nodeInfo: remote(
    'NODE_GET_INFO',
    6,
    nothing,
    struct({
      model: chars(32),
      memoryKiB: u64,
      cpus: i32,
      mhz: i32,
      nodes: i32,
      sockets: i32,
      cores: i32,
      threads: i32,
    }),
  ),
  freeMemory: remote('NODE_GET_FREE_MEMORY', 102, nothing, struct({ bytes: u64 })),
  memoryStats: remote(
    'NODE_GET_MEMORY_STATS',
    228,
    struct({ nparams: i32, cellNum: i32, flags }),
    struct({ params: list(struct({ field: text, value: u64 }), 16), nparams: i32 }),
  ),
  compareHypervisorCpu: remote(
    'CONNECT_COMPARE_HYPERVISOR_CPU',
    393,
    struct({
      emulator: optional(text),
      arch: optional(text),
      machine: optional(text),
      virttype: optional(text),
      cpu: text,
      flags,
    }),
    struct({ result: i32 }),
  ),
  baselineHypervisorCpu: remote(
    'CONNECT_BASELINE_HYPERVISOR_CPU',
    394,
    struct({
      emulator: optional(text),
      arch: optional(text),
      machine: optional(text),
      virttype: optional(text),
      cpus: list(text, 256),
      flags,
    }),
    struct({ cpu: text }),
  ),

  listDomains: remote(
    'CONNECT_LIST_ALL_DOMAINS',
    273,
    struct({ needResults: i32, flags }),
    struct({ domains: list(domain, 16384), count: u32 }),
  ),
  lookupByUuid: remote('DOMAIN_LOOKUP_BY_UUID', 24, struct({ uuid }), dom),
  lookupByName: remote('DOMAIN_LOOKUP_BY_NAME', 23, struct({ name: text }), dom),
  createXml: remote('DOMAIN_CREATE_XML', 10, struct({ xml: text, flags }), dom),
  destroy: remote('DOMAIN_DESTROY_FLAGS', 234, domFlags, nothing),
  shutdown: remote('DOMAIN_SHUTDOWN_FLAGS', 258, domFlags, nothing),
  suspend: remote('DOMAIN_SUSPEND', 34, dom, nothing),
  resume: remote('DOMAIN_RESUME', 28, dom, nothing),
  undefine: remote('DOMAIN_UNDEFINE_FLAGS', 231, domFlags, nothing),
  getXml: remote('DOMAIN_GET_XML_DESC', 14, domFlags, struct({ xml: text })),
  getState: remote('DOMAIN_GET_STATE', 212, domFlags, struct({ state: i32, reason: i32 })),
  isPersistent: remote('DOMAIN_IS_PERSISTENT', 151, dom, struct({ persistent: bool })),
  setMetadata: remote(
    'DOMAIN_SET_METADATA',
    264,
    struct({
      dom: domain,
      type: i32,
      metadata: optional(text),
      key: optional(text),
      uri: optional(text),
      flags,
    }),
    nothing,
  ),
  getMetadata: remote(
    'DOMAIN_GET_METADATA',
    265,
    struct({ dom: domain, type: i32, uri: optional(text), flags }),
    struct({ metadata: text }),
  ),
  allDomainStats: remote(
    'CONNECT_GET_ALL_DOMAIN_STATS',
    344,
    struct({ doms: list(domain, 16384), stats: u32, flags }),
    struct({ records: list(struct({ dom: domain, params: typedParams(262_144) }), 16384) }),
  ),
  interfaceAddresses: remote(
    'DOMAIN_INTERFACE_ADDRESSES',
    353,
    struct({ dom: domain, source: u32, flags }),
    struct({
      interfaces: list(struct({ name: text, hwaddr: optional(text), addresses: list(address, 2048) }), 2048),
    }),
  ),
  attachDevice: remote('DOMAIN_ATTACH_DEVICE_FLAGS', 160, struct({ dom: domain, xml: text, flags }), nothing),
  detachDevice: remote('DOMAIN_DETACH_DEVICE_FLAGS', 161, struct({ dom: domain, xml: text, flags }), nothing),
  updateDevice: remote('DOMAIN_UPDATE_DEVICE_FLAGS', 174, struct({ dom: domain, xml: text, flags }), nothing),
  openConsole: remote(
    'DOMAIN_OPEN_CONSOLE',
    201,
    struct({ dom: domain, device: optional(text), flags }),
    nothing,
  ),

  save: remote(
    'DOMAIN_SAVE_FLAGS',
    232,
    struct({ dom: domain, to: text, xml: optional(text), flags }),
    nothing,
  ),
  restore: remote('DOMAIN_RESTORE_FLAGS', 233, struct({ from: text, xml: optional(text), flags }), nothing),

  jobStats: remote('DOMAIN_GET_JOB_STATS', 298, domFlags, struct({ type: i32, params: typedParams(64) })),
  abortJob: remote('DOMAIN_ABORT_JOB', 164, dom, nothing),
  migratePerform3: remote(
    'DOMAIN_MIGRATE_PERFORM3_PARAMS',
    305,
    struct({ dom: domain, dconnuri: optional(text), params: typedParams(64), cookieIn: cookie, flags }),
    struct({ cookieOut: cookie }),
  ),
  migrateSetMaxDowntime: remote(
    'DOMAIN_MIGRATE_SET_MAX_DOWNTIME',
    166,
    struct({ dom: domain, downtimeMs: u64, flags }),
    nothing,
  ),
  migrateSetMaxSpeed: remote(
    'DOMAIN_MIGRATE_SET_MAX_SPEED',
    207,
    struct({ dom: domain, mebibytesPerSecond: u64, flags }),
    nothing,
  ),

  snapshotCreateXml: remote(
    'DOMAIN_SNAPSHOT_CREATE_XML',
    185,
    struct({ dom: domain, xml: text, flags }),
    struct({ snapshot }),
  ),
  blockRebase: remote(
    'DOMAIN_BLOCK_REBASE',
    266,
    struct({ dom: domain, path: text, base: optional(text), bandwidth: u64, flags }),
    nothing,
  ),
  blockCommit: remote(
    'DOMAIN_BLOCK_COMMIT',
    290,
    struct({ dom: domain, disk: text, base: optional(text), top: optional(text), bandwidth: u64, flags }),
    nothing,
  ),
  blockJobAbort: remote('DOMAIN_BLOCK_JOB_ABORT', 237, struct({ dom: domain, path: text, flags }), nothing),
  blockJobInfo: remote(
    'DOMAIN_GET_BLOCK_JOB_INFO',
    238,
    struct({ dom: domain, path: text, flags }),
    struct({ found: bool, type: i32, bandwidth: u64, current: u64, end: u64 }),
  ),

  listPools: remote(
    'CONNECT_LIST_ALL_STORAGE_POOLS',
    281,
    struct({ needResults: i32, flags }),
    struct({ pools: list(pool, 16384), count: u32 }),
  ),
  poolByName: remote('STORAGE_POOL_LOOKUP_BY_NAME', 84, struct({ name: text }), struct({ pool })),
  poolDefine: remote('STORAGE_POOL_DEFINE_XML', 77, struct({ xml: text, flags }), struct({ pool })),
  poolBuild: remote('STORAGE_POOL_BUILD', 79, poolFlags, nothing),
  poolCreate: remote('STORAGE_POOL_CREATE', 78, poolFlags, nothing),
  poolDestroy: remote('STORAGE_POOL_DESTROY', 81, struct({ pool }), nothing),
  poolUndefine: remote('STORAGE_POOL_UNDEFINE', 82, struct({ pool }), nothing),
  poolRefresh: remote('STORAGE_POOL_REFRESH', 83, poolFlags, nothing),
  poolInfo: remote(
    'STORAGE_POOL_GET_INFO',
    87,
    struct({ pool }),
    struct({ state: i32, capacity: u64, allocation: u64, available: u64 }),
  ),
  poolXml: remote('STORAGE_POOL_GET_XML_DESC', 88, poolFlags, struct({ xml: text })),
  poolAutostart: remote('STORAGE_POOL_SET_AUTOSTART', 90, struct({ pool, autostart: i32 }), nothing),
  poolIsActive: remote('STORAGE_POOL_IS_ACTIVE', 154, struct({ pool }), struct({ active: bool })),
  listVolumes: remote(
    'STORAGE_POOL_LIST_ALL_VOLUMES',
    282,
    struct({ pool, needResults: i32, flags }),
    struct({ volumes: list(volume, 16384), count: u32 }),
  ),
  volumeByName: remote('STORAGE_VOL_LOOKUP_BY_NAME', 95, struct({ pool, name: text }), struct({ volume })),
  volumeCreate: remote('STORAGE_VOL_CREATE_XML', 93, struct({ pool, xml: text, flags }), struct({ volume })),
  volumeCreateFrom: remote(
    'STORAGE_VOL_CREATE_XML_FROM',
    125,
    struct({ pool, xml: text, from: volume, flags }),
    struct({ volume }),
  ),
  volumeDelete: remote('STORAGE_VOL_DELETE', 94, volFlags, nothing),
  volumeInfo: remote(
    'STORAGE_VOL_GET_INFO_FLAGS',
    378,
    volFlags,
    struct({ type: i32, capacity: u64, allocation: u64 }),
  ),
  volumeXml: remote('STORAGE_VOL_GET_XML_DESC', 99, volFlags, struct({ xml: text })),
  volumePath: remote('STORAGE_VOL_GET_PATH', 100, struct({ vol: volume }), struct({ path: text })),
  volumeUpload: remote(
    'STORAGE_VOL_UPLOAD',
    208,
    struct({ vol: volume, offset: u64, length: u64, flags }),
    nothing,
  ),
  volumeDownload: remote(
    'STORAGE_VOL_DOWNLOAD',
    209,
    struct({ vol: volume, offset: u64, length: u64, flags }),
    nothing,
  ),

  networkByName: remote('NETWORK_LOOKUP_BY_NAME', 46, struct({ name: text }), struct({ network })),
  dhcpLeases: remote(
    'NETWORK_GET_DHCP_LEASES',
    341,
    struct({ network, mac: optional(text), needResults: i32, flags }),
    struct({ leases: list(lease, 65536), count: u32 }),
  ),

  registerDomainEvent: remote(
    'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY',
    316,
    struct({ event: i32, dom: optional(domain) }),
    struct({ callback: i32 }),
  ),

  monitorCommand: qemu(
    'QEMU_DOMAIN_MONITOR_COMMAND',
    1,
    struct({ dom: domain, command: text, flags }),
    struct({ result: text }),
  ),
  agentCommand: qemu(
    'QEMU_DOMAIN_AGENT_COMMAND',
    3,
    struct({ dom: domain, command: text, timeout: i32, flags }),
    struct({ result: optional(text) }),
  ),
  registerMonitorEvent: qemu(
    'QEMU_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER',
    4,
    struct({ dom: optional(domain), event: optional(text), flags }),
    struct({ callback: i32 }),
  ),
} as const;

/** Typed messages that the daemon sends unasked, by program and procedure. */
export const EVENTS = {
  lifecycle: { id: 0, procedure: 318, body: struct({ callback: i32, dom: domain, event: i32, detail: i32 }) },
  ioError: {
    id: 6,
    procedure: 324,
    body: struct({ callback: i32, dom: domain, path: text, alias: text, action: i32, reason: text }),
  },
  blockJob: {
    id: 16,
    procedure: 339,
    body: struct({ callback: i32, dom: domain, target: text, type: i32, status: i32 }),
  },
  agentLifecycle: {
    id: 18,
    procedure: 348,
    body: struct({ callback: i32, dom: domain, state: i32, reason: i32 }),
  },
  migrationIteration: {
    id: 20,
    procedure: 359,
    body: struct({ callback: i32, dom: domain, iteration: i32 }),
  },
  jobCompleted: {
    id: 21,
    procedure: 363,
    body: struct({ callback: i32, dom: domain, params: typedParams(64) }),
  },
} as const;

export const MONITOR_EVENT = {
  procedure: 6,
  body: struct({
    callback: i32,
    dom: domain,
    event: text,
    seconds: i64,
    micros: u32,
    details: optional(text),
  }),
} as const;
