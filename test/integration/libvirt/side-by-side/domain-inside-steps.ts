import { allOf, byField, typed } from '@diecast/node-libvirt';
import { ask, NIC, readInfo, readXml, theySet, touch, weSet } from './domain-asks.js';
import { both, type Step } from './steps.js';

const readVcpus = [
  ask('domain.getVcpusFlags', (domain, dom) => domain.getVcpusFlags({ dom, flags: 1 }), 'vcpusFlags(1)'),
  ask(
    'domain.getVcpuPinInfo',
    async (domain, dom) =>
      domain.getVcpuPinInfo({
        dom,
        ncpumaps: (await domain.getInfo({ dom })).nrVirtCpu,
        maplen: 1,
        flags: 1,
      }),
    'vcpuPinInfo(1)',
    ({ cpumaps, num }) => bitmaps(cpumaps, num),
  ),
  ask(
    'domain.getVcpus',
    (domain, dom) => domain.getVcpus({ dom, maxinfo: 4, maplen: 1 }),
    'vcpus()',
    ({ info, cpumaps }) => [info.map((each) => Object.values(each)), bitmaps(cpumaps, info.length)],
  ),
  ask(
    'domain.getEmulatorPinInfo',
    (domain, dom) => domain.getEmulatorPinInfo({ dom, maplen: 1, flags: 1 }),
    'emulatorPinInfo(1)',
    ({ cpumaps }) => bitmaps(cpumaps, 1)[0],
  ),
  ask(
    'domain.getIothreadInfo',
    (domain, dom) => domain.getIothreadInfo({ dom, flags: 1 }),
    'ioThreadInfo(1)',
    ({ info }) => info.map(({ iothreadId, cpumap }) => [iothreadId, bitmaps(cpumap, 1)[0]]),
  ),
];
/** Bits of the eight processors that the binding believes in. */
const bitmaps = (maps: Buffer, count: number): readonly (readonly boolean[])[] =>
  Array.from({ length: count }, (_, index) =>
    Array.from({ length: 8 }, (_, bit) => (((maps[index] ?? 0) >> bit) & 1) === 1),
  );
const cpumap = (bits: number): Buffer => Buffer.from([bits, 0]);

const memory = ask(
  'domain.getMemoryParameters',
  (domain, dom) => allOf((nparams) => domain.getMemoryParameters({ dom, nparams })),
  'memoryParameters()',
  byField,
);
const blkio = ask(
  'domain.getBlkioParameters',
  (domain, dom) => allOf((nparams) => domain.getBlkioParameters({ dom, nparams })),
  'blkioParameters()',
  byField,
);
const numa = ask(
  'domain.getNumaParameters',
  (domain, dom) => allOf((nparams) => domain.getNumaParameters({ dom, nparams })),
  'numaParameters()',
  byField,
);
const ioTune = ask(
  'domain.getBlockIoTune',
  (domain, dom) => allOf((nparams) => domain.getBlockIoTune({ dom, disk: 'vda', nparams, flags: 1 })),
  'blockIoTune("vda", 1)',
  byField,
);
const nic = ask(
  'domain.getInterfaceParameters',
  (domain, dom) => allOf((nparams) => domain.getInterfaceParameters({ dom, device: NIC, nparams, flags: 1 })),
  `interfaceParameters("${NIC}", 1)`,
  byField,
);
const perf = ask('domain.getPerfEvents', (domain, dom) => domain.getPerfEvents({ dom }), 'perfEvents()');
const time = ask(
  'domain.getTime',
  (domain, dom) => domain.getTime({ dom }),
  'getTime()',
  (answer) => answer,
);

/** What it is made of and what may be changed about that. */
export const domainInsideSteps: readonly Step[] = [
  ask('domain.getMaxMemory', (domain, dom) => domain.getMaxMemory({ dom }), 'maxMemory()'),
  ask('domain.getMaxVcpus', (domain, dom) => domain.getMaxVcpus({ dom }), 'maxVcpus()'),
  ...readVcpus,
  weSet('domain.setVcpus', (domain, dom) => domain.setVcpus({ dom, nvcpus: 3 })),
  weSet('domain.pinVcpu', (domain, dom) => domain.pinVcpu({ dom, vcpu: 0, cpumap: cpumap(1) })),
  weSet('domain.pinEmulator', (domain, dom) => domain.pinEmulator({ dom, cpumap: cpumap(7), flags: 1 })),
  weSet('domain.addIothread', (domain, dom) => domain.addIothread({ dom, iothreadId: 5, flags: 1 })),
  weSet('domain.pinIothread', (domain, dom) =>
    domain.pinIothread({ dom, iothreadsId: 5, cpumap: cpumap(2), flags: 1 }),
  ),
  ...readVcpus,
  theySet('domain.setVcpusFlags', 'setVcpusFlags(4, 1)'),
  theySet('domain.pinVcpu', `pinVcpu(1, (True,) * 2 + (False,) * 6)`),
  theySet('domain.pinEmulator', `pinEmulator((True,) + (False,) * 7, 1)`),
  theySet('domain.delIothread', 'delIOThread(5, 1)'),
  ...readVcpus,
  weSet('domain.setMemory', (domain, dom) => domain.setMemory({ dom, memory: 700_000n })),
  readInfo,
  theySet('domain.setMemoryFlags', 'setMemoryFlags(600000, 1)'),
  readInfo,
  weSet('domain.setMemoryStatsPeriod', (domain, dom) =>
    domain.setMemoryStatsPeriod({ dom, period: 5, flags: 1 }),
  ),
  readXml,
  memory,
  weSet('domain.setMemoryParameters', (domain, dom) =>
    domain.setMemoryParameters({ dom, params: [typed.ullong('hard_limit', 650_000)] }),
  ),
  memory,
  theySet('domain.setMemoryParameters', 'setMemoryParameters({"soft_limit": 640000})'),
  memory,
  blkio,
  weSet('domain.setBlkioParameters', (domain, dom) =>
    domain.setBlkioParameters({
      dom,
      params: [typed.uint('weight', 500), typed.string('device_weight', '/dev/sda,300')],
    }),
  ),
  blkio,
  theySet('domain.setBlkioParameters', 'setBlkioParameters({"device_read_iops_sec": "/dev/sda,20"})'),
  blkio,
  numa,
  weSet('domain.setNumaParameters', (domain, dom) =>
    domain.setNumaParameters({
      dom,
      params: [typed.string('numa_nodeset', '0-1'), typed.int('numa_mode', 1)],
    }),
  ),
  numa,
  ioTune,
  weSet('domain.setBlockIoTune', (domain, dom) =>
    domain.setBlockIoTune({
      dom,
      disk: 'vda',
      params: [typed.ullong('total_bytes_sec', 1000), typed.ullong('total_bytes_sec_max', 5_000_000_000)],
      flags: 1,
    }),
  ),
  ioTune,
  theySet(
    'domain.setBlockIoTune',
    'setBlockIoTune("vda", {"group_name": "shared", "total_iops_sec": 5, "total_iops_sec_max": 7}, 1)',
  ),
  ioTune,
  nic,
  weSet('domain.setInterfaceParameters', (domain, dom) =>
    domain.setInterfaceParameters({
      dom,
      device: NIC,
      params: [typed.uint('inbound.average', 100), typed.uint('inbound.peak', 2_000_000_000)],
      flags: 1,
    }),
  ),
  nic,
  theySet('domain.setInterfaceParameters', `setInterfaceParameters("${NIC}", {"outbound.average": 7}, 1)`),
  nic,
  perf,
  weSet('domain.setPerfEvents', (domain, dom) =>
    domain.setPerfEvents({ dom, params: [typed.boolean('cpu_cycles', true)] }),
  ),
  perf,
  theySet('domain.setPerfEvents', 'setPerfEvents({"instructions": True, "cpu_cycles": False})'),
  perf,
  ask(
    'domain.memoryStats',
    (domain, dom) => domain.memoryStats({ dom, maxStats: 16 }),
    'memoryStats()',
    ({ stats }) => Object.fromEntries(stats.map(({ tag, val }) => [MEMORY_STATS[tag], val])),
  ),
  ask(
    'domain.memoryPeek',
    (domain, dom) => domain.memoryPeek({ dom, offset: 250n, size: 9, flags: 2 }),
    'memoryPeek(250, 9, 2)',
  ),
  ask(
    'domain.getBlockInfo',
    (domain, dom) => domain.getBlockInfo({ dom, path: 'vda' }),
    'blockInfo("vda")',
    ({ capacity, allocation, physical }) => [capacity, allocation, physical],
  ),
  ask('domain.blockStats', (domain, dom) => domain.blockStats({ dom, path: 'vda' }), 'blockStats("vda")'),
  ask(
    'domain.getDiskErrors',
    (domain, dom) => domain.getDiskErrors({ dom, maxerrors: 8 }),
    'diskErrors()',
    ({ errors }) => Object.fromEntries(errors.map(({ disk, error }) => [disk, error])),
  ),
  ask(
    'domain.interfaceStats',
    (domain, dom) => domain.interfaceStats({ dom, device: NIC }),
    `interfaceStats("${NIC}")`,
  ),
  ask(
    'domain.interfaceAddresses',
    (domain, dom) => domain.interfaceAddresses({ dom, source: 0 }),
    'interfaceAddresses(0)',
    ({ ifaces }) =>
      Object.fromEntries(
        ifaces.map(({ name, hwaddr, addrs }) => [
          name,
          { hwaddr, addrs: addrs.map(({ type, addr, prefix }) => ({ addr, prefix, type })) },
        ]),
      ),
  ),
  ask(
    'domain.getCpuStats',
    (domain, dom) => allOf((nparams) => domain.getCpuStats({ dom, nparams, startCpu: -1, ncpus: 1 })),
    'getCPUStats(True)',
    (params) => [byField(params)],
  ),
  both(
    'connect.getAllDomainStats',
    ({ host }) => host.connect.getAllDomainStats({ doms: [], stats: 0 }),
    'conn().getAllDomainStats()',
    ({ retStats }) => retStats.map(({ dom, params }) => [dom, byField(params)]),
  ),
  ask(
    'domain.getFsinfo',
    (domain, dom) => domain.getFsinfo({ dom }),
    'fsInfo()',
    ({ info }) => info.map((each) => Object.values(each)),
  ),
  ask('domain.getHostname', (domain, dom) => domain.getHostname({ dom }), 'hostname()'),
  weSet('domain.setTime', (domain, dom) => domain.setTime({ dom, seconds: 5n, nseconds: 6 })),
  time,
  theySet('domain.setTime', 'setTime({"seconds": 7, "nseconds": 8})'),
  time,
  ask('domain.fsfreeze', (domain, dom) => domain.fsfreeze({ dom, mountpoints: ['/'] }), 'fsThaw()'),
  ask('domain.fsthaw', (domain, dom) => domain.fsthaw({ dom, mountpoints: [] }), 'fsFreeze(["/"])'),
  touch('domain.fstrim', (domain, dom) => domain.fstrim({ dom, minimum: 0n }), 'fSTrim(None, 0)'),
  theySet('domain.setUserPassword', 'setUserPassword("root", "x")'),
  touch(
    'domain.sendKey',
    (domain, dom) => domain.sendKey({ dom, codeset: 0, holdtime: 1, keycodes: [29, 56] }),
    'sendKey(0, 1, [29, 56], 2)',
  ),
  touch('domain.injectNmi', (domain, dom) => domain.injectNmi({ dom }), 'injectNMI()'),
];

const MEMORY_STATS: Readonly<Record<number, string>> = {
  0: 'swap_in',
  1: 'swap_out',
  2: 'major_fault',
  3: 'minor_fault',
  4: 'unused',
  5: 'available',
  6: 'actual',
  7: 'rss',
  8: 'usable',
  9: 'last_update',
  10: 'disk_caches',
  11: 'hugetlb_pgalloc',
  12: 'hugetlb_pgfail',
};
