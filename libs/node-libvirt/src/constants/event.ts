/** Flags and numbers by the names that libvirt gives them (libvirt-domain.h). */

/** The field `event` of the event `lifecycle`; `detail` is one of the lists below. */
export const LIFECYCLE = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  SUSPENDED: 3,
  RESUMED: 4,
  STOPPED: 5,
  SHUTDOWN: 6,
  PMSUSPENDED: 7,
  CRASHED: 8,
} as const;

export const DEFINED_DETAIL = { ADDED: 0, UPDATED: 1, RENAMED: 2, FROM_SNAPSHOT: 3 } as const;

export const UNDEFINED_DETAIL = { REMOVED: 0, RENAMED: 1 } as const;

export const STARTED_DETAIL = { BOOTED: 0, MIGRATED: 1, RESTORED: 2, FROM_SNAPSHOT: 3, WAKEUP: 4 } as const;

export const SUSPENDED_DETAIL = {
  PAUSED: 0,
  MIGRATED: 1,
  IOERROR: 2,
  WATCHDOG: 3,
  RESTORED: 4,
  FROM_SNAPSHOT: 5,
  API_ERROR: 6,
  POSTCOPY: 7,
  POSTCOPY_FAILED: 8,
} as const;

export const RESUMED_DETAIL = {
  UNPAUSED: 0,
  MIGRATED: 1,
  FROM_SNAPSHOT: 2,
  POSTCOPY: 3,
  POSTCOPY_FAILED: 4,
} as const;

export const STOPPED_DETAIL = {
  SHUTDOWN: 0,
  DESTROYED: 1,
  CRASHED: 2,
  MIGRATED: 3,
  SAVED: 4,
  FAILED: 5,
  FROM_SNAPSHOT: 6,
} as const;

export const SHUTDOWN_DETAIL = { FINISHED: 0, GUEST: 1, HOST: 2 } as const;

export const PMSUSPENDED_DETAIL = { MEMORY: 0, DISK: 1 } as const;

export const CRASHED_DETAIL = { PANICKED: 0, CRASHLOADED: 1 } as const;

export const WATCHDOG_ACTION = {
  NONE: 0,
  PAUSE: 1,
  RESET: 2,
  POWEROFF: 3,
  SHUTDOWN: 4,
  DEBUG: 5,
  INJECTNMI: 6,
} as const;

export const IO_ERROR_ACTION = { NONE: 0, PAUSE: 1, REPORT: 2 } as const;

export const AGENT_STATE = { CONNECTED: 1, DISCONNECTED: 2 } as const;

export const TRAY_CHANGE = { OPEN: 0, CLOSE: 1 } as const;

/** The field `event` of `networkLifecycle`. */
export const NETWORK_LIFECYCLE = { DEFINED: 0, UNDEFINED: 1, STARTED: 2, STOPPED: 3 } as const;

/** The field `event` of `storagePoolLifecycle`. */
export const POOL_LIFECYCLE = {
  DEFINED: 0,
  UNDEFINED: 1,
  STARTED: 2,
  STOPPED: 3,
  CREATED: 4,
  DELETED: 5,
} as const;

/** The field `event` of `nodeDeviceLifecycle`. */
export const NODE_DEVICE_LIFECYCLE = { CREATED: 0, DELETED: 1, DEFINED: 2, UNDEFINED: 3 } as const;

/** The field `event` of `secretLifecycle`. */
export const SECRET_LIFECYCLE = { DEFINED: 0, UNDEFINED: 1 } as const;

export const AGENT_REASON = { UNKNOWN: 0, DOMAIN_STARTED: 1, CHANNEL: 2 } as const;

export const GRAPHICS_PHASE = { CONNECT: 0, INITIALIZE: 1, DISCONNECT: 2 } as const;

export const GRAPHICS_ADDRESS = { IPV4: 0, IPV6: 1, UNIX: 2 } as const;

export const MEMORY_FAILURE_RECIPIENT = { HYPERVISOR: 0, GUEST: 1 } as const;

export const MEMORY_FAILURE_ACTION = { IGNORE: 0, INJECT: 1, FATAL: 2, RESET: 3 } as const;
