import {
  bool,
  flags,
  flagsWithStrings,
  i32,
  i64,
  list,
  maybe,
  opaque,
  struct,
  text,
  typedParams,
  u32,
  u64,
} from '../wire/codec.js';
import { remote } from './procedure.js';
import { domain } from './references.js';

export const domainBlockProcedures = {
  /** -1 where the hypervisor does not know. */
  blockStats: remote(
    'DOMAIN_BLOCK_STATS',
    64,
    { dom: domain, path: text },
    { rdReq: i64, rdBytes: i64, wrReq: i64, wrBytes: i64, errs: i64 },
  ),
  blockPeek: remote(
    'DOMAIN_BLOCK_PEEK',
    103,
    { dom: domain, path: text, offset: u64, size: u32, flags },
    { buffer: opaque(4_194_304) },
  ),
  /** Bytes; `path` is the target, e.g. `vda`. */
  getBlockInfo: remote(
    'DOMAIN_GET_BLOCK_INFO',
    194,
    { dom: domain, path: text, flags },
    { allocation: u64, capacity: u64, physical: u64 },
  ),
  /** Flags are BLOCK_JOB_ABORT: PIVOT ends a copy or an active commit that is ready. */
  blockJobAbort: remote('DOMAIN_BLOCK_JOB_ABORT', 237, { dom: domain, path: text, flags }, {}),
  /** `found` is false when there is none. `type` is one of BLOCK_JOB_TYPE; bandwidth in MiB/s, or bytes/s with BLOCK_JOB_INFO. */
  getBlockJobInfo: remote(
    'DOMAIN_GET_BLOCK_JOB_INFO',
    238,
    { dom: domain, path: text, flags },
    { found: bool, type: i32, bandwidth: u64, cur: u64, end: u64 },
  ),
  /** MiB/s, or bytes/s with BLOCK_JOB_INFO. */
  blockJobSetSpeed: remote(
    'DOMAIN_BLOCK_JOB_SET_SPEED',
    239,
    { dom: domain, path: text, bandwidth: u64, flags },
    {},
  ),
  /** Bandwidth in MiB/s, or bytes/s with BLOCK_PULL; 0 is no limit. */
  blockPull: remote('DOMAIN_BLOCK_PULL', 240, { dom: domain, path: text, bandwidth: u64, flags }, {}),
  /** See `allOf`. */
  blockStatsFlags: remote(
    'DOMAIN_BLOCK_STATS_FLAGS',
    243,
    { dom: domain, path: text, nparams: i32, flags: flagsWithStrings },
    { params: typedParams(16), nparams: i32 },
  ),
  /** KiB, or bytes with BLOCK_RESIZE. */
  blockResize: remote('DOMAIN_BLOCK_RESIZE', 251, { dom: domain, disk: text, size: u64, flags }, {}),
  /** Flags are DOMAIN_AFFECT. */
  setBlockIoTune: remote(
    'DOMAIN_SET_BLOCK_IO_TUNE',
    252,
    { dom: domain, disk: text, params: typedParams(32), flags },
    {},
  ),
  /** Flags are DOMAIN_AFFECT. See `allOf`. */
  getBlockIoTune: remote(
    'DOMAIN_GET_BLOCK_IO_TUNE',
    253,
    { dom: domain, disk: maybe(text), nparams: i32, flags: flagsWithStrings },
    { params: typedParams(32), nparams: i32 },
  ),
  /** `error` is one of DISK_ERROR. */
  getDiskErrors: remote(
    'DOMAIN_GET_DISK_ERRORS',
    263,
    { dom: domain, maxerrors: u32, flags },
    { errors: list(struct({ disk: text, error: i32 }), 256), nerrors: i32 },
  ),
  /** Flags are BLOCK_REBASE. */
  blockRebase: remote(
    'DOMAIN_BLOCK_REBASE',
    266,
    { dom: domain, path: text, base: maybe(text), bandwidth: u64, flags },
    {},
  ),
  /** Flags are BLOCK_COMMIT; with ACTIVE the event `blockJob2` tells when it is ready for `blockJobAbort` with PIVOT. */
  blockCommit: remote(
    'DOMAIN_BLOCK_COMMIT',
    290,
    { dom: domain, disk: text, base: maybe(text), top: maybe(text), bandwidth: u64, flags },
    {},
  ),
  /** `destxml` is a `<disk>`; flags are BLOCK_COPY; the parameter `bandwidth` is bytes/s. */
  blockCopy: remote(
    'DOMAIN_BLOCK_COPY',
    345,
    { dom: domain, path: text, destxml: text, params: typedParams(16), flags },
    {},
  ),
  /** Bytes; once passed, the event `blockThreshold`. `dev` may be `vda[1]` for the file below. */
  setBlockThreshold: remote(
    'DOMAIN_SET_BLOCK_THRESHOLD',
    386,
    { dom: domain, dev: text, threshold: u64, flags },
    {},
  ),
  /** Since libvirt 11.2. */
  setThrottleGroup: remote(
    'DOMAIN_SET_THROTTLE_GROUP',
    451,
    { dom: domain, group: text, params: typedParams(32), flags },
    {},
  ),
  /** Since libvirt 11.2. */
  delThrottleGroup: remote('DOMAIN_DEL_THROTTLE_GROUP', 452, { dom: domain, group: maybe(text), flags }, {}),
} as const;
