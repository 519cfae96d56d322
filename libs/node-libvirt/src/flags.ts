/** Flags and numbers by the names libvirt gives them (include/libvirt/libvirt-domain.h and neighbours). */
export const DOMAIN_CREATE = { PAUSED: 1, AUTODESTROY: 2 } as const;
export const DOMAIN_DESTROY = { GRACEFUL: 1 } as const;
export const DOMAIN_SHUTDOWN = { ACPI: 1, AGENT: 2 } as const;
export const DOMAIN_XML = { SECURE: 1, INACTIVE: 2, MIGRATABLE: 8 } as const;
export const DOMAIN_AFFECT = { CURRENT: 0, LIVE: 1, CONFIG: 2 } as const;
export const METADATA = { ELEMENT: 2 } as const;
export const STATS = {
  STATE: 1,
  CPU: 2,
  BALLOON: 4,
  VCPU: 8,
  INTERFACE: 16,
  BLOCK: 32,
  NOWAIT: 1 << 29,
} as const;
export const MIGRATE = {
  LIVE: 1,
  PEER2PEER: 2,
  PAUSED: 32,
  NON_SHARED_DISK: 64,
  NON_SHARED_INC: 128,
  ABORT_ON_ERROR: 4096,
  AUTO_CONVERGE: 8192,
  POSTCOPY: 32768,
  TLS: 65536,
  PARALLEL: 131072,
} as const;
export const SNAPSHOT = {
  NO_METADATA: 4,
  DISK_ONLY: 16,
  REUSE_EXT: 32,
  QUIESCE: 64,
  ATOMIC: 128,
  LIVE: 256,
} as const;
export const SAVE_RESTORE = { RUNNING: 2, PAUSED: 4 } as const;
export const JOB_STATS = { COMPLETED: 1, KEEP_COMPLETED: 2 } as const;
export const JOB_TYPE = { NONE: 0, BOUNDED: 1, UNBOUNDED: 2, COMPLETED: 3, FAILED: 4, CANCELLED: 5 } as const;
export const DOMAIN_STATE = {
  RUNNING: 1,
  BLOCKED: 2,
  PAUSED: 3,
  SHUTDOWN: 4,
  SHUTOFF: 5,
  CRASHED: 6,
  PMSUSPENDED: 7,
} as const;
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
export const ADDRESS_SOURCE = { LEASE: 0, AGENT: 1, ARP: 2 } as const;
export const CPU_BASELINE = { EXPAND_FEATURES: 1, MIGRATABLE: 2 } as const;
export const CPU_COMPARE = { ERROR: -1, INCOMPATIBLE: 0, IDENTICAL: 1, SUPERSET: 2 } as const;
