/** Flags and numbers by the names that libvirt gives them (libvirt-domain.h). */
export const BLOCK_JOB_TYPE = {
  UNKNOWN: 0,
  PULL: 1,
  COPY: 2,
  COMMIT: 3,
  ACTIVE_COMMIT: 4,
  BACKUP: 5,
} as const;

/** What the event `blockJob2` says of the job. */
export const BLOCK_JOB_STATUS = { COMPLETED: 0, FAILED: 1, CANCELED: 2, READY: 3 } as const;

export const BLOCK_JOB_ABORT = { ASYNC: 1, PIVOT: 2 } as const;

export const BLOCK_JOB_INFO = { BANDWIDTH_BYTES: 1 } as const;

export const BLOCK_COPY = { SHALLOW: 1, REUSE_EXT: 2, TRANSIENT_JOB: 4, SYNCHRONOUS_WRITES: 8 } as const;

export const BLOCK_COMMIT = { SHALLOW: 1, DELETE: 2, ACTIVE: 4, RELATIVE: 8, BANDWIDTH_BYTES: 16 } as const;

export const BLOCK_PULL = { BANDWIDTH_BYTES: 64 } as const;

export const BLOCK_REBASE = {
  SHALLOW: 1,
  REUSE_EXT: 2,
  COPY_RAW: 4,
  COPY: 8,
  RELATIVE: 16,
  COPY_DEV: 32,
  BANDWIDTH_BYTES: 64,
} as const;

/** By default the size is in KiB. */
export const BLOCK_RESIZE = { BYTES: 1 } as const;
