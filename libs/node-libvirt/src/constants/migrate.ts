/** Flags and numbers by the names that libvirt gives them (virDomainMigrateFlags of libvirt-domain.h). */
export const MIGRATE = {
  LIVE: 1,
  PEER2PEER: 2,
  TUNNELLED: 4,
  PERSIST_DEST: 8,
  UNDEFINE_SOURCE: 16,
  PAUSED: 32,
  NON_SHARED_DISK: 64,
  NON_SHARED_INC: 128,
  CHANGE_PROTECTION: 256,
  UNSAFE: 512,
  OFFLINE: 1024,
  COMPRESSED: 2048,
  ABORT_ON_ERROR: 4096,
  AUTO_CONVERGE: 8192,
  RDMA_PIN_ALL: 16384,
  POSTCOPY: 32768,
  TLS: 65536,
  PARALLEL: 131072,
  NON_SHARED_SYNCHRONOUS_WRITES: 262144,
  POSTCOPY_RESUME: 524288,
  ZEROCOPY: 1048576,
} as const;

/** Names of the typed parameters of a migration. */
export const MIGRATE_PARAM = {
  AUTO_CONVERGE_INCREMENT: 'auto_converge.increment',
  AUTO_CONVERGE_INITIAL: 'auto_converge.initial',
  BANDWIDTH: 'bandwidth',
  /** Since libvirt 11.1. */
  BANDWIDTH_AVAIL_SWITCHOVER: 'bandwidth.avail.switchover',
  BANDWIDTH_POSTCOPY: 'bandwidth.postcopy',
  COMPRESSION: 'compression',
  COMPRESSION_MT_DTHREADS: 'compression.mt.dthreads',
  COMPRESSION_MT_LEVEL: 'compression.mt.level',
  COMPRESSION_MT_THREADS: 'compression.mt.threads',
  COMPRESSION_XBZRLE_CACHE: 'compression.xbzrle.cache',
  /** This and the next since libvirt 9.4. */
  COMPRESSION_ZLIB_LEVEL: 'compression.zlib.level',
  COMPRESSION_ZSTD_LEVEL: 'compression.zstd.level',
  DEST_NAME: 'destination_name',
  DEST_XML: 'destination_xml',
  DISKS_PORT: 'disks_port',
  DISKS_URI: 'disks_uri',
  GRAPHICS_URI: 'graphics_uri',
  LISTEN_ADDRESS: 'listen_address',
  MIGRATE_DISKS: 'migrate_disks',
  /** Since libvirt 10.9. */
  MIGRATE_DISKS_DETECT_ZEROES: 'migrate_disks_detect_zeroes',
  PARALLEL_CONNECTIONS: 'parallel.connections',
  PERSIST_XML: 'persistent_xml',
  TLS_DESTINATION: 'tls.destination',
  URI: 'migrate_uri',
} as const;

/** Flags of `migrate.setMaxSpeed`. */
export const MIGRATE_SPEED = { POSTCOPY: 1 } as const;
