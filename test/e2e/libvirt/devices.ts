import { describe, expect, it } from '@jest/globals';
import {
  allOf,
  byField,
  BLOCK_RESIZE,
  DIRTY_RATE_STATUS,
  DOMAIN_AFFECT,
  DOMAIN_STATS,
  MEMORY_STAT,
  typed,
} from '@diecast/node-libvirt';
import { createVolume } from '../../harness/libvirt-machine.js';
import { until } from '../../harness/until.js';
import type { DeepWorld } from './world.js';

const { LIVE } = DOMAIN_AFFECT;
const MIB = 1024 * 1024;
const NIC = '52:54:00:d1:ec:01';

/** Figures of a machine that runs, and devices that come and go. */
export function deviceStories(world: DeepWorld): void {
  const statistics = async (stats: number): Promise<Readonly<Record<string, unknown>>> => {
    const { retStats } = await world.a.connect.getAllDomainStats({ doms: [world.dom], stats });
    expect(retStats.map(({ dom }) => dom.uuid)).toEqual([world.dom.uuid]);
    return byField(retStats[0]?.params ?? []);
  };

  describe('figures', () => {
    it('come in groups, each with what is its own', async () => {
      const expected: readonly (readonly [number, Readonly<Record<string, unknown>>])[] = [
        [DOMAIN_STATS.STATE, { 'state.state': 1 }],
        [DOMAIN_STATS.CPU_TOTAL, { 'cpu.time': expect.any(Number) }],
        [DOMAIN_STATS.BALLOON, { 'balloon.current': 131_072, 'balloon.maximum': 131_072 }],
        [DOMAIN_STATS.VCPU, { 'vcpu.current': 1, 'vcpu.maximum': 1, 'vcpu.0.state': 1 }],
        [DOMAIN_STATS.INTERFACE, { 'net.count': 1, 'net.0.rx.bytes': expect.any(Number) }],
        [DOMAIN_STATS.BLOCK, { 'block.count': 2, 'block.0.name': 'vda', 'block.1.capacity': 16 * MIB }],
        [DOMAIN_STATS.PERF, {}],
        [DOMAIN_STATS.IOTHREAD, { 'iothread.count': 1 }],
        [DOMAIN_STATS.MEMORY, {}],
        [DOMAIN_STATS.DIRTYRATE, { 'dirtyrate.calc_status': DIRTY_RATE_STATUS.UNSTARTED }],
        [DOMAIN_STATS.VM, {}],
      ];
      for (const [group, values] of expected) expect(await statistics(group)).toMatchObject(values);
      const all = await statistics(0);
      for (const [, values] of expected)
        expect(Object.keys(all)).toEqual(expect.arrayContaining(Object.keys(values)));
    });

    it('of memory, disks, card and processor agree with what was given', async () => {
      const { domain } = world.a;
      const { dom } = world;
      await domain.setMemoryStatsPeriod({ dom, period: 1, flags: LIVE });
      const { stats } = await domain.memoryStats({ dom, maxStats: 16 });
      expect(stats).toContainEqual({ tag: MEMORY_STAT.ACTUAL_BALLOON, val: 131_072n });
      expect(await domain.getInfo({ dom })).toMatchObject({ maxMem: 131_072n, nrVirtCpu: 1 });
      const plain = await domain.blockStats({ dom, path: 'vda' });
      const named = byField(await allOf((nparams) => domain.blockStatsFlags({ dom, path: 'vda', nparams })));
      expect(Number(plain.rdBytes)).toBeGreaterThan(0);
      expect(named['rd_bytes']).toBeGreaterThanOrEqual(Number(plain.rdBytes));
      expect(await domain.getBlockInfo({ dom, path: 'vdb' })).toMatchObject({ capacity: BigInt(16 * MIB) });
      expect((await domain.interfaceStats({ dom, device: NIC })).rxErrs).toBe(0n);
      const { info } = await domain.getVcpus({ dom, maxinfo: 4, maplen: 1 });
      expect(info).toEqual([{ number: 0, state: 1, cpuTime: expect.any(BigInt), cpu: expect.any(Number) }]);
      const { buffer } = await domain.memoryPeek({ dom, offset: 0n, size: 64, flags: 2 });
      expect(buffer).toHaveLength(64);
    });

    it('of how fast memory changes are taken when asked for', async () => {
      await world.a.domain.startDirtyRateCalc({ dom: world.dom, seconds: 1 });
      const rate = await until(
        async () => {
          const values = await statistics(DOMAIN_STATS.DIRTYRATE);
          return values['dirtyrate.calc_status'] === DIRTY_RATE_STATUS.MEASURED ? values : undefined;
        },
        { everyMs: 100 },
      );
      expect(rate['dirtyrate.megabytes_per_second']).toEqual(expect.any(Number));
    }, 30_000);
  });

  describe('devices', () => {
    it('are plugged in and out while the machine runs', async () => {
      const { domain } = world.a;
      const { dom } = world;
      const path = await createVolume(world.a, world.pool, 'extra', 8 * MIB);
      const xml = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/>
        <target dev='vdc' bus='virtio'/><alias name='ua-extra'/></disk>`;
      await domain.attachDeviceFlags({ dom, xml, flags: LIVE });
      expect(await world.hear('deviceAdded')).toMatchObject({ devAlias: 'ua-extra' });
      const cmd = JSON.stringify({ execute: 'guest-get-disks' });
      await until(
        async () => {
          const { result } = await world.a.qemu.domainAgentCommand({ dom, cmd, timeout: 5 });
          return result?.includes('/dev/vdc') === true ? true : undefined;
        },
        { everyMs: 100 },
      );
      await domain.detachDeviceAlias({ dom, alias: 'ua-extra', flags: LIVE });
      expect(await world.hear('deviceRemoved')).toMatchObject({ devAlias: 'ua-extra' });
    }, 60_000);

    it('are changed while the machine runs', async () => {
      const { domain } = world.a;
      const { dom } = world;
      const card = (state: 'up' | 'down'): string => `<interface type='bridge'><mac address='${NIC}'/>
        <source bridge='br0'/><model type='virtio'/><link state='${state}'/><alias name='ua-nic'/></interface>`;
      for (const state of ['down', 'up'] as const) {
        await domain.updateDeviceFlags({ dom, xml: card(state), flags: LIVE });
        expect((await domain.getXmlDesc({ dom })).xml).toContain(`<link state='${state}'/>`);
      }
      await domain.blockResize({ dom, disk: 'vdb', size: BigInt(20 * MIB), flags: BLOCK_RESIZE.BYTES });
      expect(await domain.getBlockInfo({ dom, path: 'vdb' })).toMatchObject({ capacity: BigInt(20 * MIB) });
      const limit = [typed.ullong('total_iops_sec', 1000)];
      await domain.setBlockIoTune({ dom, disk: 'vdb', params: limit, flags: LIVE });
      const { params } = await world.hear('tunable');
      expect(byField(params)).toMatchObject({
        'blkdeviotune.disk': 'vdb',
        'blkdeviotune.total_iops_sec': 1000,
      });
      const read = await allOf((nparams) =>
        domain.getBlockIoTune({ dom, disk: 'vdb', nparams, flags: LIVE }),
      );
      expect(byField(read)).toMatchObject({ total_iops_sec: 1000, group_name: expect.any(String) });
      await domain.setBlockIoTune({
        dom,
        disk: 'vdb',
        params: [typed.ullong('total_iops_sec', 0)],
        flags: LIVE,
      });
      await domain.addIothread({ dom, iothreadId: 2, flags: LIVE });
      const { info } = await domain.getIothreadInfo({ dom, flags: LIVE });
      expect(new Set(info.map((each) => each.iothreadId))).toEqual(new Set([1, 2]));
      await domain.delIothread({ dom, iothreadId: 2, flags: LIVE });
    });
  });
}
