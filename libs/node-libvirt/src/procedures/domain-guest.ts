import {
  flags,
  i32,
  i64,
  list,
  maybe,
  optional,
  struct,
  text,
  typedParams,
  u32,
  u64,
} from '../wire/codec.js';
import { remote } from './procedure.js';
import { domain } from './references.js';

export const domainGuestProcedures = {
  /** Through the guest agent. `target` is one of NODE_SUSPEND_TARGET. */
  pmSuspendForDuration: remote(
    'DOMAIN_PM_SUSPEND_FOR_DURATION',
    261,
    { dom: domain, target: u32, duration: u64, flags },
    {},
    { guest: true },
  ),
  pmWakeup: remote('DOMAIN_PM_WAKEUP', 267, { dom: domain, flags }, {}, { guest: true }),
  /** Flags are GET_HOSTNAME. */
  getHostname: remote(
    'DOMAIN_GET_HOSTNAME',
    277,
    { dom: domain, flags },
    { hostname: text },
    { guest: true },
  ),
  /** Through the guest agent; `minimum` in bytes. */
  fstrim: remote(
    'DOMAIN_FSTRIM',
    294,
    { dom: domain, mountPoint: maybe(text), minimum: u64, flags },
    {},
    { guest: true },
  ),
  /** To a process inside; QEMU cannot. */
  sendProcessSignal: remote(
    'DOMAIN_SEND_PROCESS_SIGNAL',
    295,
    { dom: domain, pidValue: i64, signum: u32, flags },
    {},
    { guest: true },
  ),
  /** Through the guest agent. */
  fsfreeze: remote(
    'DOMAIN_FSFREEZE',
    335,
    { dom: domain, mountpoints: list(text, 256), flags },
    { filesystems: i32 },
    { guest: true },
  ),
  /** Through the guest agent. */
  fsthaw: remote(
    'DOMAIN_FSTHAW',
    336,
    { dom: domain, mountpoints: list(text, 256), flags },
    { filesystems: i32 },
    { guest: true },
  ),
  /** Seconds since 1970 and nanoseconds, through the guest agent. */
  getTime: remote(
    'DOMAIN_GET_TIME',
    337,
    { dom: domain, flags },
    { seconds: i64, nseconds: u32 },
    { guest: true },
  ),
  /** Seconds since 1970 and nanoseconds, through the guest agent. Flags are SET_TIME. */
  setTime: remote(
    'DOMAIN_SET_TIME',
    338,
    { dom: domain, seconds: i64, nseconds: u32, flags },
    {},
    { guest: true },
  ),
  /** Through the guest agent. */
  getFsinfo: remote(
    'DOMAIN_GET_FSINFO',
    349,
    { dom: domain, flags },
    {
      info: list(struct({ mountpoint: text, name: text, fstype: text, devAliases: list(text, 256) }), 256),
      ret: u32,
    },
    { guest: true },
  ),
  /** `source` is one of ADDRESS_SOURCE. */
  interfaceAddresses: remote(
    'DOMAIN_INTERFACE_ADDRESSES',
    353,
    { dom: domain, source: u32, flags },
    {
      ifaces: list(
        struct({
          name: text,
          hwaddr: optional(text),
          addrs: list(struct({ type: i32, addr: text, prefix: u32 }), 2048),
        }),
        2048,
      ),
    },
    { guest: true },
  ),
  /** Through the guest agent. Flags are PASSWORD. */
  setUserPassword: remote(
    'DOMAIN_SET_USER_PASSWORD',
    357,
    { dom: domain, user: maybe(text), password: maybe(text), flags },
    {},
    { guest: true },
  ),
  /** Through the guest agent: which processors are online in the guest. */
  getGuestVcpus: remote(
    'DOMAIN_GET_GUEST_VCPUS',
    371,
    { dom: domain, flags },
    { params: typedParams(64) },
    { guest: true },
  ),
  /** Through the guest agent. */
  setGuestVcpus: remote(
    'DOMAIN_SET_GUEST_VCPUS',
    372,
    { dom: domain, cpumap: text, state: i32, flags },
    {},
    { guest: true },
  ),
  /** Through the guest agent. `types` are GUEST_INFO, 0 all that it knows. */
  getGuestInfo: remote(
    'DOMAIN_GET_GUEST_INFO',
    418,
    { dom: domain, types: u32, flags },
    { params: typedParams(2048) },
    { guest: true },
  ),
  /** Seconds, or one of AGENT_TIMEOUT; the agent is given so long by the other calls. */
  agentSetResponseTimeout: remote(
    'DOMAIN_AGENT_SET_RESPONSE_TIMEOUT',
    420,
    { dom: domain, timeout: i32, flags },
    { result: i32 },
    { guest: true },
  ),
  /** Through the guest agent. */
  authorizedSshKeysGet: remote(
    'DOMAIN_AUTHORIZED_SSH_KEYS_GET',
    424,
    { dom: domain, user: text, flags },
    { keys: list(text, 2048) },
    { guest: true },
  ),
  /** Through the guest agent. Flags are SSH_KEYS_SET; by default the keys replace those that are there. */
  authorizedSshKeysSet: remote(
    'DOMAIN_AUTHORIZED_SSH_KEYS_SET',
    425,
    { dom: domain, user: text, keys: list(text, 2048), flags },
    {},
    { guest: true },
  ),
} as const;
