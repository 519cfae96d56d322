/** Flags and numbers by the names that libvirt gives them (libvirt-storage.h). */
export const VOL_UPLOAD = { SPARSE_STREAM: 1 } as const;

export const VOL_DOWNLOAD = { SPARSE_STREAM: 1 } as const;

/** What `storageVol.getInfo` calls `type`. */
export const VOL_TYPE = { FILE: 0, BLOCK: 1, DIR: 2, NETWORK: 3, NETDIR: 4, PLOOP: 5 } as const;

/** GET_PHYSICAL: `allocation` is then the length of the file, not what it takes on the disk. */
export const VOL_INFO = { GET_PHYSICAL: 1 } as const;

export const VOL_CREATE = { PREALLOC_METADATA: 1, REFLINK: 2, VALIDATE: 4 } as const;

export const VOL_DELETE = { ZEROED: 1, WITH_SNAPSHOTS: 2 } as const;

export const POOL_BUILD = { NEW: 0, REPAIR: 1, RESIZE: 2, NO_OVERWRITE: 4, OVERWRITE: 8 } as const;

export const POOL_CREATE = { WITH_BUILD: 1, WITH_BUILD_OVERWRITE: 2, WITH_BUILD_NO_OVERWRITE: 4 } as const;

/** What `storagePool.getInfo` says. */
export const POOL_STATE = { INACTIVE: 0, BUILDING: 1, RUNNING: 2, DEGRADED: 3, INACCESSIBLE: 4 } as const;

export const POOL_DELETE = { ZEROED: 1 } as const;

export const VOL_RESIZE = { ALLOCATE: 1, DELTA: 2, SHRINK: 4 } as const;

export const VOL_WIPE_ALGORITHM = {
  ZERO: 0,
  NNSA: 1,
  DOD: 2,
  BSI: 3,
  GUTMANN: 4,
  SCHNEIER: 5,
  PFITZNER7: 6,
  PFITZNER33: 7,
  RANDOM: 8,
  TRIM: 9,
} as const;
