/** Flags and numbers by the names that libvirt gives them (libvirt-domain.h). */
export const DOMAIN_START = {
  PAUSED: 1,
  AUTODESTROY: 2,
  BYPASS_CACHE: 4,
  FORCE_BOOT: 8,
  VALIDATE: 16,
  RESET_NVRAM: 32,
} as const;

/** GRACEFUL sends no SIGKILL. */
export const DOMAIN_DESTROY = { GRACEFUL: 1, REMOVE_LOGS: 2 } as const;

/** Ways of asking the guest to end; none of them lets libvirt choose. */
export const DOMAIN_SHUTDOWN = {
  ACPI_POWER_BTN: 1,
  GUEST_AGENT: 2,
  INITCTL: 4,
  SIGNAL: 8,
  PARAVIRT: 16,
} as const;

export const DOMAIN_UNDEFINE = {
  MANAGED_SAVE: 1,
  SNAPSHOTS_METADATA: 2,
  NVRAM: 4,
  KEEP_NVRAM: 8,
  CHECKPOINTS_METADATA: 16,
  TPM: 32,
  KEEP_TPM: 64,
} as const;

export const DOMAIN_XML = { SECURE: 1, INACTIVE: 2, UPDATE_CPU: 4, MIGRATABLE: 8 } as const;

export const DOMAIN_DEFINE = { VALIDATE: 1 } as const;

/** Whether a change is for the running domain, for its definition, or for what is there. */
export const DOMAIN_AFFECT = { CURRENT: 0, LIVE: 1, CONFIG: 2 } as const;

export const METADATA = { DESCRIPTION: 0, TITLE: 1, ELEMENT: 2 } as const;

/** Who is asked for the addresses of a domain. */
export const ADDRESS_SOURCE = { LEASE: 0, AGENT: 1, ARP: 2 } as const;

/** Instead of seconds; by default 5 s. */
export const AGENT_TIMEOUT = { BLOCK: -2, DEFAULT: -1, NOWAIT: 0 } as const;

export const MONITOR_COMMAND = { HMP: 1 } as const;

/** Also for restoring: the domain runs or stays paused, whatever it did when it was saved. */
export const SAVE = { BYPASS_CACHE: 1, RUNNING: 2, PAUSED: 4, RESET_NVRAM: 8 } as const;

export const DOMAIN_REBOOT = {
  ACPI_POWER_BTN: 1,
  GUEST_AGENT: 2,
  INITCTL: 4,
  SIGNAL: 8,
  PARAVIRT: 16,
} as const;

/** Which processors are counted or changed, besides DOMAIN_AFFECT. */
export const DOMAIN_VCPU = { MAXIMUM: 4, GUEST: 8, HOTPLUGGABLE: 16 } as const;

/** Which memory is changed, besides DOMAIN_AFFECT. */
export const DOMAIN_MEM = { MAXIMUM: 4 } as const;

/** How a device is attached, detached or updated, besides DOMAIN_AFFECT. */
export const DEVICE_MODIFY = { FORCE: 4 } as const;

export const DUMP = { CRASH: 1, LIVE: 2, BYPASS_CACHE: 4, RESET: 8, MEMORY_ONLY: 16 } as const;

export const CORE_DUMP_FORMAT = { RAW: 0, KDUMP_ZLIB: 1, KDUMP_LZO: 2, KDUMP_SNAPPY: 3, WIN_DMP: 4 } as const;

/** What a guest does, for `domain.setLifecycleAction`. */
export const DOMAIN_LIFECYCLE = { POWEROFF: 0, REBOOT: 1, CRASH: 2 } as const;

/** What then becomes of the domain. */
export const LIFECYCLE_ACTION = {
  DESTROY: 0,
  RESTART: 1,
  RESTART_RENAME: 2,
  PRESERVE: 3,
  COREDUMP_DESTROY: 4,
  COREDUMP_RESTART: 5,
} as const;

export const DOMAIN_MESSAGE = { DEPRECATION: 1, TAINTING: 2 } as const;

export const GET_HOSTNAME = { LEASE: 1, AGENT: 2 } as const;

/** The field `types` of `domain.getGuestInfo`; 0 means all that the agent knows. */
export const GUEST_INFO = {
  USERS: 1,
  OS: 2,
  TIMEZONE: 4,
  HOSTNAME: 8,
  FILESYSTEM: 16,
  DISKS: 32,
  INTERFACES: 64,
} as const;

export const PASSWORD = { ENCRYPTED: 1 } as const;

export const SET_TIME = { SYNC: 1 } as const;

export const SSH_KEYS_SET = { APPEND: 1, REMOVE: 2 } as const;

/** Which address space `domain.memoryPeek` means. */
export const MEMORY_PEEK = { VIRTUAL: 1, PHYSICAL: 2 } as const;

export const IP_ADDRESS_TYPE = { IPV4: 0, IPV6: 1 } as const;

export const CONSOLE = { FORCE: 1, SAFE: 2 } as const;

export const CHANNEL = { FORCE: 1 } as const;

export const KEYCODE_SET = {
  LINUX: 0,
  XT: 1,
  ATSET1: 2,
  ATSET2: 3,
  ATSET3: 4,
  OSX: 5,
  XT_KBD: 6,
  USB: 7,
  WIN32: 8,
  QNUM: 9,
} as const;
