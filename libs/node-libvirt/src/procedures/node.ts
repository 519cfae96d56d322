import {
  bool,
  charList,
  chars,
  flags,
  flagsWithStrings,
  i32,
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

export const nodeProcedures = {
  /** Memory in KiB, clock in MHz. */
  getInfo: remote(
    'NODE_GET_INFO',
    6,
    {},
    {
      model: chars(32),
      memory: u64,
      cpus: i32,
      mhz: i32,
      nodes: i32,
      sockets: i32,
      cores: i32,
      threads: i32,
    },
  ),
  /** Bytes. */
  getCellsFreeMemory: remote(
    'NODE_GET_CELLS_FREE_MEMORY',
    101,
    { startCell: i32, maxcells: i32 },
    { cells: list(u64, 1024) },
  ),
  /** Bytes. */
  getFreeMemory: remote('NODE_GET_FREE_MEMORY', 102, {}, { freeMem: u64 }),
  numOfDevices: remote('NODE_NUM_OF_DEVICES', 111, { cap: maybe(text), flags }, { num: i32 }),
  listDevices: remote(
    'NODE_LIST_DEVICES',
    112,
    { cap: maybe(text), maxnames: i32, flags },
    { names: list(text, 65_536) },
  ),
  getSecurityModel: remote('NODE_GET_SECURITY_MODEL', 122, {}, { model: charList(257), doi: charList(257) }),
  /** Nanoseconds; `cpuNum` -1 is all of them. See `allOf`. */
  getCpuStats: remote(
    'NODE_GET_CPU_STATS',
    227,
    { cpuNum: i32, nparams: i32, flags },
    { params: list(struct({ field: text, value: u64 }), 16), nparams: i32 },
  ),
  /** KiB; `cellNum` -1 is all of them. See `allOf`. */
  getMemoryStats: remote(
    'NODE_GET_MEMORY_STATS',
    228,
    { nparams: i32, cellNum: i32, flags },
    { params: list(struct({ field: text, value: u64 }), 16), nparams: i32 },
  ),
  /** `target` is one of NODE_SUSPEND_TARGET; seconds, 60 at least. */
  suspendForDuration: remote('NODE_SUSPEND_FOR_DURATION', 250, { target: u32, duration: u64, flags }, {}),
  /** How the kernel merges equal pages (KSM). */
  setMemoryParameters: remote('NODE_SET_MEMORY_PARAMETERS', 288, { params: typedParams(64), flags }, {}),
  /** How the kernel merges equal pages (KSM). See `allOf`. */
  getMemoryParameters: remote(
    'NODE_GET_MEMORY_PARAMETERS',
    289,
    { nparams: i32, flags: flagsWithStrings },
    { params: typedParams(64), nparams: i32 },
  ),
  /** A bit for each CPU that is online; `ret` is how many there are. */
  getCpuMap: remote(
    'NODE_GET_CPU_MAP',
    293,
    { needMap: bool, needOnline: bool, flags },
    { cpumap: opaque(2048), online: u32, ret: i32 },
  ),
  /** `pages` are sizes in KiB; free ones of each size, cell by cell. */
  getFreePages: remote(
    'NODE_GET_FREE_PAGES',
    340,
    { pages: list(u32, 1024), startCell: i32, cellCount: u32, flags },
    { counts: list(u64, 1024) },
  ),
  /** Sizes in KiB; flags are NODE_ALLOC_PAGES. */
  allocPages: remote(
    'NODE_ALLOC_PAGES',
    347,
    { pageSizes: list(u32, 1024), pageCounts: list(u64, 1024), startCell: i32, cellCount: u32, flags },
    { ret: i32 },
  ),
  /** See `allOf`. */
  getSevInfo: remote(
    'NODE_GET_SEV_INFO',
    395,
    { nparams: i32, flags: flagsWithStrings },
    { params: typedParams(64), nparams: i32 },
  ),
} as const;
