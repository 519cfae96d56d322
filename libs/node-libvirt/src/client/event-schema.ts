import { registrationProcedures as register } from '../procedures/events.js';
import { domain, network, nodeDevice, secret, storagePool } from '../procedures/references.js';
import {
  i32,
  i64,
  list,
  optional,
  struct,
  text,
  typedParams,
  u32,
  u64,
  type Fields,
  type Infer,
} from '../wire/codec.js';

const callbackID = i32;

const kindOf = <const R>(registration: R) => {
  /** An event by its number among its kind, the procedure of its message, and what the message holds. */
  return <const F extends Fields>(id: number, procedure: number, body: F) => ({
    id,
    procedure,
    register: registration,
    body: struct({ callbackID, ...body }),
  });
};
const ofDomain = kindOf(register.domainEventCallbackRegisterAny);
const ofNetwork = kindOf(register.networkEventRegisterAny);
const ofPool = kindOf(register.storagePoolEventRegisterAny);
const ofNodeDevice = kindOf(register.nodeDeviceEventRegisterAny);
const ofSecret = kindOf(register.secretEventRegisterAny);

const dom = domain;
const device = { dom, devAlias: text };
const endpoint = struct({ family: i32, node: text, service: text });

/** virDomainEventID, and the events of the other objects. What is called `type` there has a longer name here. */
export const EVENTS = {
  /** `event` is one of LIFECYCLE, `detail` of the list for it, e.g. STOPPED_DETAIL. */
  lifecycle: ofDomain(0, 318, { dom, event: i32, detail: i32 }),
  reboot: ofDomain(1, 319, { dom }),
  /** Seconds by which the guest's clock differs from UTC. */
  rtcChange: ofDomain(2, 320, { dom, offset: i64 }),
  /** `action` is one of WATCHDOG_ACTION. */
  watchdog: ofDomain(3, 321, { dom, action: i32 }),
  /** `action` is one of IO_ERROR_ACTION. */
  ioError: ofDomain(4, 322, { dom, srcPath: text, devAlias: text, action: i32 }),
  graphics: ofDomain(5, 323, {
    dom,
    phase: i32,
    local: endpoint,
    remote: endpoint,
    authScheme: text,
    subject: list(struct({ type: text, name: text }), 20),
  }),
  ioErrorReason: ofDomain(6, 324, { dom, srcPath: text, devAlias: text, action: i32, reason: text }),
  controlError: ofDomain(7, 325, { dom }),
  /** Names the file; `blockJob2` names the target, which stays the same. */
  blockJob: ofDomain(8, 326, { dom, path: text, jobType: i32, status: i32 }),
  diskChange: ofDomain(9, 327, {
    dom,
    oldSrcPath: optional(text),
    newSrcPath: optional(text),
    devAlias: text,
    reason: i32,
  }),
  trayChange: ofDomain(10, 328, { ...device, reason: i32 }),
  pmWakeup: ofDomain(11, 329, { reason: i32, dom }),
  pmSuspend: ofDomain(12, 330, { reason: i32, dom }),
  /** KiB that the guest has now. */
  balloonChange: ofDomain(13, 331, { dom, actual: u64 }),
  pmSuspendDisk: ofDomain(14, 332, { reason: i32, dom }),
  deviceRemoved: ofDomain(15, 333, device),
  /** `jobType` is one of BLOCK_JOB_TYPE, `status` of BLOCK_JOB_STATUS. */
  blockJob2: ofDomain(16, 339, { dom, dst: text, jobType: i32, status: i32 }),
  tunable: ofDomain(17, 346, { dom, params: typedParams(2048) }),
  /** `state` is one of AGENT_STATE. */
  agentLifecycle: ofDomain(18, 348, { dom, state: i32, reason: i32 }),
  deviceAdded: ofDomain(19, 354, device),
  migrationIteration: ofDomain(20, 359, { dom, iteration: i32 }),
  jobCompleted: ofDomain(21, 363, { dom, params: typedParams(64) }),
  deviceRemovalFailed: ofDomain(22, 367, device),
  /** `metadataType` is one of METADATA. */
  metadataChange: ofDomain(23, 379, { dom, metadataType: i32, nsuri: optional(text) }),
  /** Bytes. */
  blockThreshold: ofDomain(24, 385, { dom, dev: text, path: optional(text), threshold: u64, excess: u64 }),
  memoryFailure: ofDomain(25, 423, { dom, recipient: i32, action: i32, flags: u32 }),
  /** KiB. */
  memoryDeviceSizeChange: ofDomain(26, 438, { dom, alias: text, size: u64 }),
  /** Since libvirt 11.2. */
  nicMacChange: ofDomain(27, 453, { dom, alias: text, oldMac: text, newMac: text }),

  networkLifecycle: ofNetwork(0, 315, { net: network, event: i32, detail: i32 }),
  /** Since libvirt 9.8. */
  networkMetadataChange: ofNetwork(1, 446, { net: network, metadataType: i32, nsuri: optional(text) }),
  storagePoolLifecycle: ofPool(0, 370, { pool: storagePool, event: i32, detail: i32 }),
  storagePoolRefresh: ofPool(1, 373, { pool: storagePool }),
  nodeDeviceLifecycle: ofNodeDevice(0, 376, { dev: nodeDevice, event: i32, detail: i32 }),
  nodeDeviceUpdate: ofNodeDevice(1, 377, { dev: nodeDevice }),
  secretLifecycle: ofSecret(0, 382, { secret, event: i32, detail: i32 }),
  secretValueChanged: ofSecret(1, 383, { secret }),
} as const;

export type EventName = keyof typeof EVENTS;
type EventOf<N extends EventName> = { readonly type: N } & Omit<
  Infer<(typeof EVENTS)[N]['body']>,
  'callbackID'
>;
/** What happened on the host, told apart by `type`. */
export type HostEvent<N extends EventName = EventName> = { readonly [K in N]: EventOf<K> }[N];

export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[];

/** A QEMU monitor event, as the qemu program sends it. */
export const MONITOR_EVENT = {
  procedure: 6,
  body: struct({ callbackID, dom, event: text, seconds: i64, micros: u32, details: optional(text) }),
} as const;
