import {
  charList,
  flags,
  flagsWithStrings,
  i32,
  list,
  opaque,
  struct,
  text,
  typedParams,
  u32,
  u64,
} from '../wire/codec.js';
import { remote } from './procedure.js';
import { domain } from './references.js';

export const domainTuningProcedures = {
  /** KiB. */
  getMaxMemory: remote('DOMAIN_GET_MAX_MEMORY', 17, { dom: domain }, { memory: u64 }),
  getMaxVcpus: remote('DOMAIN_GET_MAX_VCPUS', 18, { dom: domain }, { num: i32 }),
  /** `state` is one of VCPU_STATE, time in nanoseconds; `maplen` bytes of `cpumaps` for each. */
  getVcpus: remote(
    'DOMAIN_GET_VCPUS',
    20,
    { dom: domain, maxinfo: i32, maplen: i32 },
    {
      info: list(struct({ number: u32, state: i32, cpuTime: u64, cpu: i32 }), 16_384),
      cpumaps: opaque(8_388_608),
    },
  ),
  /** A bit for each CPU of the host, the first in the lowest. */
  pinVcpu: remote('DOMAIN_PIN_VCPU', 26, { dom: domain, vcpu: u32, cpumap: opaque(2048) }, {}),
  /** KiB. */
  setMaxMemory: remote('DOMAIN_SET_MAX_MEMORY', 30, { dom: domain, memory: u64 }, {}),
  /** KiB. */
  setMemory: remote('DOMAIN_SET_MEMORY', 31, { dom: domain, memory: u64 }, {}),
  setVcpus: remote('DOMAIN_SET_VCPUS', 32, { dom: domain, nvcpus: u32 }, {}),
  /** `nparams` is for `getSchedulerParameters`. */
  getSchedulerType: remote('DOMAIN_GET_SCHEDULER_TYPE', 56, { dom: domain }, { type: text, nparams: i32 }),
  getSchedulerParameters: remote(
    'DOMAIN_GET_SCHEDULER_PARAMETERS',
    57,
    { dom: domain, nparams: i32 },
    { params: typedParams(16) },
  ),
  setSchedulerParameters: remote(
    'DOMAIN_SET_SCHEDULER_PARAMETERS',
    58,
    { dom: domain, params: typedParams(16) },
    {},
  ),
  /** At most 4 MiB. Flags are MEMORY_PEEK. */
  memoryPeek: remote(
    'DOMAIN_MEMORY_PEEK',
    104,
    { dom: domain, offset: u64, size: u32, flags },
    { buffer: opaque(4_194_304) },
  ),
  getSecurityLabel: remote(
    'DOMAIN_GET_SECURITY_LABEL',
    121,
    { dom: domain },
    { label: charList(4097), enforcing: i32 },
  ),
  /** `tag` is one of MEMORY_STAT. */
  memoryStats: remote(
    'DOMAIN_MEMORY_STATS',
    159,
    { dom: domain, maxStats: u32, flags },
    { stats: list(struct({ tag: i32, val: u64 }), 1024) },
  ),
  /** KiB; flags are DOMAIN_AFFECT. */
  setMemoryParameters: remote(
    'DOMAIN_SET_MEMORY_PARAMETERS',
    197,
    { dom: domain, params: typedParams(16), flags },
    {},
  ),
  /** KiB; flags are DOMAIN_AFFECT. See `allOf`. */
  getMemoryParameters: remote(
    'DOMAIN_GET_MEMORY_PARAMETERS',
    198,
    { dom: domain, nparams: i32, flags: flagsWithStrings },
    { params: typedParams(16), nparams: i32 },
  ),
  /** Flags are DOMAIN_AFFECT and DOMAIN_VCPU. */
  setVcpusFlags: remote('DOMAIN_SET_VCPUS_FLAGS', 199, { dom: domain, nvcpus: u32, flags }, {}),
  /** Flags are DOMAIN_AFFECT and DOMAIN_VCPU. */
  getVcpusFlags: remote('DOMAIN_GET_VCPUS_FLAGS', 200, { dom: domain, flags }, { num: i32 }),
  /** KiB; flags are DOMAIN_AFFECT and DOMAIN_MEM. */
  setMemoryFlags: remote('DOMAIN_SET_MEMORY_FLAGS', 204, { dom: domain, memory: u64, flags }, {}),
  /** Flags are DOMAIN_AFFECT. */
  setBlkioParameters: remote(
    'DOMAIN_SET_BLKIO_PARAMETERS',
    205,
    { dom: domain, params: typedParams(16), flags },
    {},
  ),
  /** Flags are DOMAIN_AFFECT. See `allOf`. */
  getBlkioParameters: remote(
    'DOMAIN_GET_BLKIO_PARAMETERS',
    206,
    { dom: domain, nparams: i32, flags: flagsWithStrings },
    { params: typedParams(16), nparams: i32 },
  ),
  /** Flags are DOMAIN_AFFECT. */
  setSchedulerParametersFlags: remote(
    'DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS',
    219,
    { dom: domain, params: typedParams(16), flags },
    {},
  ),
  /** `nparams` is that of `getSchedulerType`. Flags are DOMAIN_AFFECT. */
  getSchedulerParametersFlags: remote(
    'DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS',
    223,
    { dom: domain, nparams: i32, flags: flagsWithStrings },
    { params: typedParams(16) },
  ),
  pinVcpuFlags: remote(
    'DOMAIN_PIN_VCPU_FLAGS',
    225,
    { dom: domain, vcpu: u32, cpumap: opaque(2048), flags },
    {},
  ),
  getVcpuPinInfo: remote(
    'DOMAIN_GET_VCPU_PIN_INFO',
    230,
    { dom: domain, ncpumaps: i32, maplen: i32, flags },
    { cpumaps: opaque(8_388_608), num: i32 },
  ),
  setNumaParameters: remote(
    'DOMAIN_SET_NUMA_PARAMETERS',
    254,
    { dom: domain, params: typedParams(16), flags },
    {},
  ),
  /** Flags are DOMAIN_AFFECT. See `allOf`. */
  getNumaParameters: remote(
    'DOMAIN_GET_NUMA_PARAMETERS',
    255,
    { dom: domain, nparams: i32, flags: flagsWithStrings },
    { params: typedParams(16), nparams: i32 },
  ),
  /** Nanoseconds; `startCpu` -1 with `ncpus` 1 is all of them together. See `allOf`. */
  getCpuStats: remote(
    'DOMAIN_GET_CPU_STATS',
    262,
    { dom: domain, nparams: u32, startCpu: i32, ncpus: u32, flags: flagsWithStrings },
    { params: typedParams(2048), nparams: i32 },
  ),
  /** Where the driver has none of this, `ret` is -1 and there is no error. */
  getSecurityLabelList: remote(
    'DOMAIN_GET_SECURITY_LABEL_LIST',
    278,
    { dom: domain },
    { labels: list(struct({ label: charList(4097), enforcing: i32 }), 64), ret: i32 },
  ),
  pinEmulator: remote('DOMAIN_PIN_EMULATOR', 279, { dom: domain, cpumap: opaque(2048), flags }, {}),
  getEmulatorPinInfo: remote(
    'DOMAIN_GET_EMULATOR_PIN_INFO',
    280,
    { dom: domain, maplen: i32, flags },
    { cpumaps: opaque(8_388_608), ret: i32 },
  ),
  getIothreadInfo: remote(
    'DOMAIN_GET_IOTHREAD_INFO',
    351,
    { dom: domain, flags },
    { info: list(struct({ iothreadId: u32, cpumap: opaque(2048) }), 16_384), ret: u32 },
  ),
  pinIothread: remote(
    'DOMAIN_PIN_IOTHREAD',
    352,
    { dom: domain, iothreadsId: u32, cpumap: opaque(2048), flags },
    {},
  ),
  addIothread: remote('DOMAIN_ADD_IOTHREAD', 355, { dom: domain, iothreadId: u32, flags }, {}),
  delIothread: remote('DOMAIN_DEL_IOTHREAD', 356, { dom: domain, iothreadId: u32, flags }, {}),
  getPerfEvents: remote('DOMAIN_GET_PERF_EVENTS', 365, { dom: domain, flags }, { params: typedParams(64) }),
  setPerfEvents: remote('DOMAIN_SET_PERF_EVENTS', 366, { dom: domain, params: typedParams(64), flags }, {}),
  setVcpu: remote('DOMAIN_SET_VCPU', 384, { dom: domain, cpumap: text, state: i32, flags }, {}),
  getLaunchSecurityInfo: remote(
    'DOMAIN_GET_LAUNCH_SECURITY_INFO',
    396,
    { dom: domain, flags: flagsWithStrings },
    { params: typedParams(64) },
  ),
  setIothreadParams: remote(
    'DOMAIN_SET_IOTHREAD_PARAMS',
    402,
    { dom: domain, iothreadId: u32, params: typedParams(64), flags },
    {},
  ),
  /** Flags are DIRTY_RATE_MODE. The result is among the statistics of `connect.getAllDomainStats`, as `dirtyrate.*`. */
  startDirtyRateCalc: remote('DOMAIN_START_DIRTY_RATE_CALC', 427, { dom: domain, seconds: i32, flags }, {}),
  setLaunchSecurityState: remote(
    'DOMAIN_SET_LAUNCH_SECURITY_STATE',
    439,
    { dom: domain, params: typedParams(64), flags },
    {},
  ),
} as const;
