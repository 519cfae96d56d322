/** Flags and numbers by the names that libvirt gives them (libvirt-domain-snapshot.h and libvirt-domain-checkpoint.h). */
export const SNAPSHOT_CREATE = {
  REDEFINE: 1,
  CURRENT: 2,
  NO_METADATA: 4,
  HALT: 8,
  DISK_ONLY: 16,
  REUSE_EXT: 32,
  QUIESCE: 64,
  ATOMIC: 128,
  LIVE: 256,
  VALIDATE: 512,
} as const;

export const SNAPSHOT_DELETE = { CHILDREN: 1, METADATA_ONLY: 2, CHILDREN_ONLY: 4 } as const;

export const SNAPSHOT_REVERT = { RUNNING: 1, PAUSED: 2, FORCE: 4, RESET_NVRAM: 8 } as const;

export const CHECKPOINT_CREATE = { REDEFINE: 1, QUIESCE: 2, REDEFINE_VALIDATE: 4 } as const;

export const CHECKPOINT_DELETE = { CHILDREN: 1, METADATA_ONLY: 2, CHILDREN_ONLY: 4 } as const;

export const CHECKPOINT_LIST = { DESCENDANTS: 1, ROOTS: 1, TOPOLOGICAL: 2, LEAVES: 4, NO_LEAVES: 8 } as const;

export const CHECKPOINT_XML = { SECURE: 1, NO_DOMAIN: 2, SIZE: 4 } as const;

export const BACKUP_BEGIN = { REUSE_EXTERNAL: 1 } as const;

/** ROOTS of a domain and DESCENDANTS of a snapshot are the same bit. */
export const SNAPSHOT_LIST = {
  DESCENDANTS: 1,
  ROOTS: 1,
  METADATA: 2,
  LEAVES: 4,
  NO_LEAVES: 8,
  NO_METADATA: 16,
  INACTIVE: 32,
  ACTIVE: 64,
  DISK_ONLY: 128,
  INTERNAL: 256,
  EXTERNAL: 512,
  TOPOLOGICAL: 1024,
} as const;
