import { bool, flags, i32, list, maybe, text, u32, u64, uuid } from '../wire/codec.js';
import { remote } from './procedure.js';
import { domain } from './references.js';

export const domainLifecycleProcedures = {
  /** Starts a defined domain. */
  create: remote('DOMAIN_CREATE', 9, { dom: domain }, {}, { long: true }),
  /** Starts a transient domain. Flags are DOMAIN_START; with AUTODESTROY it dies with this connection. */
  createXml: remote('DOMAIN_CREATE_XML', 10, { xml: text, flags }, { dom: domain }, { long: true }),
  defineXml: remote('DOMAIN_DEFINE_XML', 11, { xml: text }, { dom: domain }),
  destroy: remote('DOMAIN_DESTROY', 12, { dom: domain }, {}),
  /** Flags are DOMAIN_XML. */
  getXmlDesc: remote('DOMAIN_GET_XML_DESC', 14, { dom: domain, flags }, { xml: text }),
  getAutostart: remote('DOMAIN_GET_AUTOSTART', 15, { dom: domain }, { autostart: bool }),
  /** `state` is one of DOMAIN_STATE; memory in KiB, time in nanoseconds. */
  getInfo: remote(
    'DOMAIN_GET_INFO',
    16,
    { dom: domain },
    { state: u32, maxMem: u64, memory: u64, nrVirtCpu: u32, cpuTime: u64 },
  ),
  getOsType: remote('DOMAIN_GET_OS_TYPE', 19, { dom: domain }, { type: text }),
  lookupById: remote('DOMAIN_LOOKUP_BY_ID', 22, { id: i32 }, { dom: domain }),
  lookupByName: remote('DOMAIN_LOOKUP_BY_NAME', 23, { name: text }, { dom: domain }),
  lookupByUuid: remote('DOMAIN_LOOKUP_BY_UUID', 24, { uuid }, { dom: domain }),
  /** Flags are DOMAIN_REBOOT. */
  reboot: remote('DOMAIN_REBOOT', 27, { dom: domain, flags }, {}),
  resume: remote('DOMAIN_RESUME', 28, { dom: domain }, {}),
  setAutostart: remote('DOMAIN_SET_AUTOSTART', 29, { dom: domain, autostart: bool }, {}),
  shutdown: remote('DOMAIN_SHUTDOWN', 33, { dom: domain }, {}),
  suspend: remote('DOMAIN_SUSPEND', 34, { dom: domain }, {}),
  undefine: remote('DOMAIN_UNDEFINE', 35, { dom: domain }, {}),
  isActive: remote('DOMAIN_IS_ACTIVE', 150, { dom: domain }, { active: bool }),
  isPersistent: remote('DOMAIN_IS_PERSISTENT', 151, { dom: domain }, { persistent: bool }),
  /** Starts a defined domain; the answer has its new id. Flags are DOMAIN_START. */
  createWithFlags: remote(
    'DOMAIN_CREATE_WITH_FLAGS',
    196,
    { dom: domain, flags },
    { dom: domain },
    { long: true },
  ),
  isUpdated: remote('DOMAIN_IS_UPDATED', 202, { dom: domain }, { updated: bool }),
  /** `state` is one of DOMAIN_STATE, `reason` of the list for it, e.g. PAUSED_REASON. */
  getState: remote('DOMAIN_GET_STATE', 212, { dom: domain, flags }, { state: i32, reason: i32 }),
  /** `state` is one of CONTROL_STATE; milliseconds since it is so. */
  getControlInfo: remote(
    'DOMAIN_GET_CONTROL_INFO',
    229,
    { dom: domain, flags },
    { state: u32, details: u32, stateTime: u64 },
  ),
  /** Flags are DOMAIN_UNDEFINE. */
  undefineFlags: remote('DOMAIN_UNDEFINE_FLAGS', 231, { dom: domain, flags }, {}),
  /** Flags are DOMAIN_DESTROY. */
  destroyFlags: remote('DOMAIN_DESTROY_FLAGS', 234, { dom: domain, flags }, {}),
  /** As the button of that name; the guest is not asked. */
  reset: remote('DOMAIN_RESET', 245, { dom: domain, flags }, {}),
  /** Asks the guest. Flags are DOMAIN_SHUTDOWN. */
  shutdownFlags: remote('DOMAIN_SHUTDOWN_FLAGS', 258, { dom: domain, flags }, {}),
  /** `type` is one of METADATA. No `metadata` removes it. Flags are DOMAIN_AFFECT. */
  setMetadata: remote(
    'DOMAIN_SET_METADATA',
    264,
    { dom: domain, type: i32, metadata: maybe(text), key: maybe(text), uri: maybe(text), flags },
    {},
  ),
  /** `type` is one of METADATA. Flags are DOMAIN_AFFECT. */
  getMetadata: remote(
    'DOMAIN_GET_METADATA',
    265,
    { dom: domain, type: i32, uri: maybe(text), flags },
    { metadata: text },
  ),
  /** Flags are DOMAIN_DEFINE. */
  defineXmlFlags: remote('DOMAIN_DEFINE_XML_FLAGS', 350, { xml: text, flags }, { dom: domain }),
  /** Only while it does not run. */
  rename: remote('DOMAIN_RENAME', 358, { dom: domain, newName: maybe(text), flags }, { retcode: i32 }),
  /** `type` is one of DOMAIN_LIFECYCLE, `action` of LIFECYCLE_ACTION. */
  setLifecycleAction: remote(
    'DOMAIN_SET_LIFECYCLE_ACTION',
    390,
    { dom: domain, type: u32, action: u32, flags },
    {},
  ),
  /** Why the domain is tainted, and what of it is deprecated. Flags are DOMAIN_MESSAGE. */
  getMessages: remote('DOMAIN_GET_MESSAGES', 426, { dom: domain, flags }, { msgs: list(text, 2048) }),
  /** Since libvirt 11.2. */
  getAutostartOnce: remote('DOMAIN_GET_AUTOSTART_ONCE', 449, { dom: domain }, { autostart: bool }),
  /** Since libvirt 11.2. */
  setAutostartOnce: remote('DOMAIN_SET_AUTOSTART_ONCE', 450, { dom: domain, autostart: bool }, {}),
} as const;
