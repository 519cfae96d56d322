/** Flags and numbers by the names that libvirt gives them (libvirt-domain.h). */

/** What `domain.getState` says. */
export const DOMAIN_STATE = {
  NOSTATE: 0,
  RUNNING: 1,
  BLOCKED: 2,
  PAUSED: 3,
  SHUTDOWN: 4,
  SHUTOFF: 5,
  CRASHED: 6,
  PMSUSPENDED: 7,
} as const;

export const RUNNING_REASON = {
  UNKNOWN: 0,
  BOOTED: 1,
  MIGRATED: 2,
  RESTORED: 3,
  FROM_SNAPSHOT: 4,
  UNPAUSED: 5,
  MIGRATION_CANCELED: 6,
  SAVE_CANCELED: 7,
  WAKEUP: 8,
  CRASHED: 9,
  POSTCOPY: 10,
  POSTCOPY_FAILED: 11,
} as const;

export const PAUSED_REASON = {
  UNKNOWN: 0,
  USER: 1,
  MIGRATION: 2,
  SAVE: 3,
  DUMP: 4,
  IOERROR: 5,
  WATCHDOG: 6,
  FROM_SNAPSHOT: 7,
  SHUTTING_DOWN: 8,
  SNAPSHOT: 9,
  CRASHED: 10,
  STARTING_UP: 11,
  POSTCOPY: 12,
  POSTCOPY_FAILED: 13,
  API_ERROR: 14,
} as const;

export const SHUTOFF_REASON = {
  UNKNOWN: 0,
  SHUTDOWN: 1,
  DESTROYED: 2,
  CRASHED: 3,
  MIGRATED: 4,
  SAVED: 5,
  FAILED: 6,
  FROM_SNAPSHOT: 7,
  DAEMON: 8,
} as const;

export const CRASHED_REASON = { UNKNOWN: 0, PANICKED: 1 } as const;

export const JOB_TYPE = { NONE: 0, BOUNDED: 1, UNBOUNDED: 2, COMPLETED: 3, FAILED: 4, CANCELLED: 5 } as const;

/** The parameter `operation` of `domain.getJobStats`. */
export const JOB_OPERATION = {
  UNKNOWN: 0,
  START: 1,
  SAVE: 2,
  RESTORE: 3,
  MIGRATION_IN: 4,
  MIGRATION_OUT: 5,
  SNAPSHOT: 6,
  SNAPSHOT_REVERT: 7,
  DUMP: 8,
  BACKUP: 9,
  SNAPSHOT_DELETE: 10,
} as const;

export const JOB_STATS = { COMPLETED: 1, KEEP_COMPLETED: 2 } as const;

/** POSTCOPY pauses a move in post-copy, so that it can go on later. */
export const ABORT_JOB = { POSTCOPY: 1 } as const;

/** What `domain.getControlInfo` says. */
export const CONTROL_STATE = { OK: 0, JOB: 1, OCCUPIED: 2, ERROR: 3 } as const;

export const CONTROL_ERROR_REASON = { NONE: 0, UNKNOWN: 1, MONITOR: 2, INTERNAL: 3 } as const;

/** What `domain.getVcpus` says of each. */
export const VCPU_STATE = { OFFLINE: 0, RUNNING: 1, BLOCKED: 2 } as const;

export const DISK_ERROR = { NONE: 0, UNSPEC: 1, NO_SPACE: 2 } as const;

/** The field `tag` of `domain.memoryStats`. Sizes in KiB, LAST_UPDATE in seconds since 1970. */
export const MEMORY_STAT = {
  SWAP_IN: 0,
  SWAP_OUT: 1,
  MAJOR_FAULT: 2,
  MINOR_FAULT: 3,
  UNUSED: 4,
  AVAILABLE: 5,
  ACTUAL_BALLOON: 6,
  RSS: 7,
  USABLE: 8,
  LAST_UPDATE: 9,
  DISK_CACHES: 10,
  HUGETLB_PGALLOC: 11,
  HUGETLB_PGFAIL: 12,
} as const;

/** `dirtyrate.calc_status` among the statistics. */
export const DIRTY_RATE_STATUS = { UNSTARTED: 0, MEASURING: 1, MEASURED: 2 } as const;

/** Flags of `domain.startDirtyRateCalc`. */
export const DIRTY_RATE_MODE = { PAGE_SAMPLING: 0, DIRTY_BITMAP: 1, DIRTY_RING: 2 } as const;
