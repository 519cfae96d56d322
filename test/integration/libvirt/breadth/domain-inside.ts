import { describe, expect, it } from '@jest/globals';
import {
  ADDRESS_SOURCE,
  allOf,
  byField,
  DOMAIN_AFFECT,
  DOMAIN_STATE,
  DOMAIN_STATS,
  RUNNING_REASON,
  typed,
  VIR_ERR,
  type DomainRef,
} from '@diecast/node-libvirt';
import type { World } from './world.js';

const MAC = 'aa:bb:cc:dd:ee:01';
const NIC = 'testnet7';
const wideXml = (name: string): string => `<domain type='test'><name>${name}</name>
  <memory unit='KiB'>1048576</memory><currentMemory unit='KiB'>524288</currentMemory>
  <vcpu current='2'>4</vcpu><iothreads>2</iothreads><os><type arch='i686'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><source file='/guest/diskimage1'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><mac address='${MAC}'/><source network='default'/><target dev='${NIC}'/></interface>
    <memballoon model='virtio'/>
  </devices></domain>`;
const LIVE = DOMAIN_AFFECT.LIVE;

/** What a running domain is made of, what it uses and what can be changed about that. */
export function domainInsideStories(world: World): void {
  /** A running domain of many parts, for one test. */
  async function withDomain(name: string, work: (dom: DomainRef) => Promise<void>): Promise<void> {
    const { dom } = await world.host.domain.createXml({ xml: wideXml(name) });
    try {
      await work(dom);
    } finally {
      await world.host.domain.destroy({ dom });
    }
  }

  describe('a running domain', () => {
    it('has memory that can be set', () =>
      withDomain('memory', async (dom) => {
        const { domain } = world.host;
        expect(await domain.getMaxMemory({ dom })).toEqual({ memory: 1_048_576n });
        await domain.setMemory({ dom, memory: 700_000n });
        expect((await domain.getInfo({ dom })).memory).toBe(700_000n);
        await domain.setMemoryFlags({ dom, memory: 600_000n, flags: LIVE });
        expect(await domain.getInfo({ dom })).toEqual({
          state: DOMAIN_STATE.RUNNING,
          maxMem: 1_048_576n,
          memory: 600_000n,
          nrVirtCpu: 2,
          cpuTime: expect.any(BigInt),
        });
        await domain.setMemoryStatsPeriod({ dom, period: 5, flags: LIVE });
        expect((await domain.getXmlDesc({ dom })).xml).toContain("<stats period='5'/>");
        const { stats } = await domain.memoryStats({ dom, maxStats: 16 });
        expect(stats).toContainEqual({ tag: 6, val: 600_000n });
        const { buffer } = await domain.memoryPeek({ dom, offset: 3n, size: 4, flags: 2 });
        expect([...buffer]).toEqual([3, 4, 5, 6]);
        const { dom: off } = await domain.defineXml({ xml: wideXml('memory-off') });
        await domain.setMaxMemory({ dom: off, memory: 2_097_152n });
        expect(await domain.getMaxMemory({ dom: off })).toEqual({ memory: 2_097_152n });
        await domain.undefine({ dom: off });
      }));

    it('has processors that can be plugged and pinned', () =>
      withDomain('processors', async (dom) => {
        const { domain } = world.host;
        await domain.setVcpus({ dom, nvcpus: 3 });
        expect(await domain.getVcpusFlags({ dom, flags: LIVE })).toEqual({ num: 3 });
        await domain.setVcpusFlags({ dom, nvcpus: 4, flags: LIVE });
        expect(await domain.getVcpusFlags({ dom, flags: LIVE })).toEqual({ num: 4 });
        expect(await domain.getMaxVcpus({ dom })).toEqual({ num: 4 });
        await domain.pinVcpu({ dom, vcpu: 0, cpumap: Buffer.from([1, 0]) });
        await domain.pinVcpuFlags({ dom, vcpu: 1, cpumap: Buffer.from([2, 0]) });
        const pins = await domain.getVcpuPinInfo({ dom, ncpumaps: 4, maplen: 2, flags: LIVE });
        expect(pins).toEqual({ cpumaps: Buffer.from('01000200ffffffff', 'hex'), num: 4 });
        const { info, cpumaps } = await domain.getVcpus({ dom, maxinfo: 4, maplen: 2 });
        expect(info.map(({ number, state }) => [number, state])).toEqual([0, 1, 2, 3].map((n) => [n, 1]));
        expect(cpumaps).toEqual(pins.cpumaps);
        await domain.pinEmulator({ dom, cpumap: Buffer.from([7, 0]), flags: LIVE });
        expect(await domain.getEmulatorPinInfo({ dom, maplen: 2, flags: LIVE })).toEqual({
          cpumaps: Buffer.from([7, 0]),
          ret: 1,
        });
      }));

    it('has threads for its disks', () =>
      withDomain('threads', async (dom) => {
        const { domain } = world.host;
        await domain.addIothread({ dom, iothreadId: 5, flags: LIVE });
        await domain.pinIothread({ dom, iothreadsId: 5, cpumap: Buffer.from([2, 0]), flags: LIVE });
        const { info, ret } = await domain.getIothreadInfo({ dom, flags: LIVE });
        expect(info.map(({ iothreadId }) => iothreadId)).toEqual([1, 2, 5]);
        expect(info.at(-1)?.cpumap).toEqual(Buffer.from([2]));
        expect(ret).toBe(3);
        await domain.setIothreadParams({
          dom,
          iothreadId: 5,
          params: [typed.ullong('poll_max_ns', 1000)],
          flags: LIVE,
        });
        await domain.delIothread({ dom, iothreadId: 5, flags: LIVE });
        expect((await domain.getIothreadInfo({ dom, flags: LIVE })).ret).toBe(2);
      }));

    it('has limits that come back as they were set', () =>
      withDomain('limits', async (dom) => {
        const { domain } = world.host;
        await domain.setMemoryParameters({ dom, params: [typed.ullong('hard_limit', 700_000)] });
        const memory = await allOf((nparams) => domain.getMemoryParameters({ dom, nparams }));
        expect(byField(memory)).toMatchObject({ hard_limit: 700_000, soft_limit: 9_007_199_254_740_991 });
        await domain.setBlkioParameters({ dom, params: [typed.uint('weight', 500)] });
        const io = await allOf((nparams) => domain.getBlkioParameters({ dom, nparams }));
        expect(byField(io)).toMatchObject({ weight: 500, device_weight: '' });
        await domain.setNumaParameters({ dom, params: [typed.string('numa_nodeset', '0-1')] });
        const numa = await allOf((nparams) => domain.getNumaParameters({ dom, nparams }));
        expect(byField(numa)).toEqual({ numa_mode: 0, numa_nodeset: '0-1' });
        const { type, nparams } = await domain.getSchedulerType({ dom });
        expect({ type, nparams }).toEqual({ type: 'fair', nparams: 1 });
        // It takes the weight and forgets it.
        const weight = [typed.uint('weight', 77)];
        await domain.setSchedulerParameters({ dom, params: weight });
        await domain.setSchedulerParametersFlags({ dom, params: weight });
        expect(await domain.getSchedulerParameters({ dom, nparams })).toEqual({
          params: [typed.uint('weight', 50)],
        });
      }));

    it('has a disk', () =>
      withDomain('disk', async (dom) => {
        const { domain } = world.host;
        const info = await domain.getBlockInfo({ dom, path: 'vda' });
        expect(info.capacity).toBeGreaterThan(0n);
        expect(info.physical).toBe(info.allocation);
        const stats = await domain.blockStats({ dom, path: 'vda' });
        expect(stats.rdReq).toBeGreaterThan(stats.rdBytes);
        expect(stats.rdBytes).toBeGreaterThan(stats.wrReq);
        expect(stats.wrBytes).toBeGreaterThan(stats.errs);
        const tune = [typed.ullong('total_bytes_sec', 1000), typed.ullong('total_bytes_sec_max', 2000)];
        await domain.setBlockIoTune({ dom, disk: 'vda', params: tune, flags: LIVE });
        const limits = await allOf((nparams) =>
          domain.getBlockIoTune({ dom, disk: 'vda', nparams, flags: LIVE }),
        );
        expect(byField(limits)).toMatchObject({
          total_bytes_sec: 1000,
          total_bytes_sec_max: 2000,
          group_name: '',
        });
        expect(await domain.getDiskErrors({ dom, maxerrors: 4 })).toEqual({
          errors: [{ disk: 'vda', error: 1 }],
          nerrors: 1,
        });
      }));

    it('has a network card', () =>
      withDomain('card', async (dom) => {
        const { domain } = world.host;
        const stats = await domain.interfaceStats({ dom, device: NIC });
        // The driver derives all of them from one clock by these divisors.
        expect(stats.rxBytes / stats.rxPackets).toBe(10n);
        expect(stats.txBytes / stats.txPackets).toBe(5n);
        expect(stats.rxErrs).toBeGreaterThan(stats.rxDrop);
        expect(stats.txErrs).toBeGreaterThan(stats.txDrop);
        const params = [typed.uint('inbound.average', 100), typed.uint('outbound.average', 7)];
        await domain.setInterfaceParameters({ dom, device: NIC, params, flags: LIVE });
        const limits = await allOf((nparams) =>
          domain.getInterfaceParameters({ dom, device: NIC, nparams, flags: LIVE }),
        );
        expect(byField(limits)).toMatchObject({ 'inbound.average': 100, 'outbound.average': 7 });
        const { ifaces } = await domain.interfaceAddresses({ dom, source: ADDRESS_SOURCE.LEASE });
        expect(ifaces).toEqual([
          {
            name: NIC,
            hwaddr: MAC,
            addrs: [{ type: 0, addr: expect.stringMatching(/^192\.168\.\d+\.\d+$/), prefix: 24 }],
          },
        ]);
      }));

    it('tells figures of many kinds', () =>
      withDomain('figures', async (dom) => {
        const { connect, domain } = world.host;
        const { retStats } = await connect.getAllDomainStats({ doms: [dom], stats: DOMAIN_STATS.STATE });
        expect(retStats.map((each) => each.dom)).toEqual([dom]);
        expect(byField(retStats[0]?.params ?? [])).toEqual({
          'state.state': DOMAIN_STATE.RUNNING,
          'state.reason': RUNNING_REASON.BOOTED,
        });
        const cpu = await allOf((nparams) => domain.getCpuStats({ dom, nparams, startCpu: -1, ncpus: 1 }));
        expect(byField(cpu)).toEqual({
          cpu_time: expect.any(Number),
          user_time: expect.any(Number),
          system_time: expect.any(Number),
        });
        await domain.setPerfEvents({ dom, params: [typed.boolean('cpu_cycles', true)] });
        const events = byField((await domain.getPerfEvents({ dom })).params);
        expect(events).toMatchObject({ cpu_cycles: true, instructions: false });
        expect(await domain.getControlInfo({ dom })).toEqual({ state: 0, details: 0, stateTime: 0n });
        expect(await domain.getSecurityLabel({ dom })).toEqual({ label: 'libvirt-test', enforcing: 1 });
        // It knows one label and has no list of them.
        expect(await domain.getSecurityLabelList({ dom })).toEqual({ labels: [], ret: -1 });
      }));

    it('shows its screen and takes keys', () =>
      withDomain('screen', async (dom) => {
        const { domain } = world.host;
        const stream = await domain.screenshot({ dom, screen: 0 });
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        expect(Buffer.concat(chunks).subarray(1, 4).toString()).toBe('PNG');
        await domain.sendKey({ dom, codeset: 0, holdtime: 10, keycodes: [29, 56, 111] });
        await expect(
          domain.sendKey({ dom, codeset: 0, holdtime: 10, keycodes: [40_000] }),
        ).rejects.toMatchObject({ code: VIR_ERR.INTERNAL_ERROR });
        await domain.injectNmi({ dom });
      }));
  });

  describe('the guest in it', () => {
    it('answers', () =>
      withDomain('guest', async (dom) => {
        const { domain } = world.host;
        expect(await domain.getHostname({ dom })).toEqual({ hostname: 'guesthost' });
        await domain.setTime({ dom, seconds: 5n, nseconds: 6 });
        expect(await domain.getTime({ dom })).toEqual({ seconds: 5n, nseconds: 6 });
        expect(await domain.fsfreeze({ dom, mountpoints: [] })).toEqual({ filesystems: 2 });
        expect(await domain.fsthaw({ dom, mountpoints: ['/'] })).toEqual({ filesystems: 1 });
        await domain.fstrim({ dom, minimum: 0n });
        expect(await domain.getFsinfo({ dom })).toEqual({
          info: [
            { mountpoint: '/', name: 'vda1', fstype: 'ext4', devAliases: ['vda'] },
            { mountpoint: '/boot', name: 'vda2', fstype: 'ext4', devAliases: ['vda'] },
          ],
          ret: 2,
        });
        await domain.setUserPassword({ dom, user: 'root', password: 'secret' });
        await domain.sendProcessSignal({ dom, pidValue: 1n, signum: 1 });
        await expect(domain.sendProcessSignal({ dom, pidValue: 2n, signum: 1 })).rejects.toMatchObject({
          code: VIR_ERR.INVALID_ARG,
        });
      }));
  });
}
