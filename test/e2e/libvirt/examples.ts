import { describe, expect, it } from '@jest/globals';
import { backUp } from '../../../libs/node-libvirt/examples/backup.js';
import { plugIn, unplug } from '../../../libs/node-libvirt/examples/devices.js';
import { addressesOf, askAgent, frozen } from '../../../libs/node-libvirt/examples/guest.js';
import { hurry, remaining } from '../../../libs/node-libvirt/examples/jobs.js';
import { canRun, commonCpu } from '../../../libs/node-libvirt/examples/machine.js';
import { carry, send } from '../../../libs/node-libvirt/examples/migrate.js';
import { isRunning, watch } from '../../../libs/node-libvirt/examples/monitor.js';
import { saveAndWake } from '../../../libs/node-libvirt/examples/save.js';
import { cut, merge } from '../../../libs/node-libvirt/examples/snapshots.js';
import { command } from '../../harness/lab-command.js';
import { createVolume } from '../../harness/libvirt-machine.js';
import { until } from '../../harness/until.js';
import type { DeepWorld } from './world.js';

const MIB = 1024 * 1024;
const patience = (): AbortSignal => AbortSignal.timeout(60_000);

/** What the README shows and what needs QEMU, on the machine at host a. */
export function exampleStories(world: DeepWorld): void {
  describe('the examples of the README', () => {
    it('plug a disk in and out', async () => {
      const file = await createVolume(world.a, world.pool, 'shown', MIB);
      await plugIn(world.a, world.dom, file, 'vdc');
      await until(
        async () => {
          const disks = JSON.stringify(await askAgent(world.a, world.dom, 'guest-get-disks'));
          return disks.includes('/dev/vdc') ? true : undefined;
        },
        { everyMs: 100 },
      );
      await unplug(world.a, world.dom, 'vdc', patience());
      expect((await world.a.domain.getXmlDesc({ dom: world.dom })).xml).not.toContain("'vdc'");
    }, 60_000);

    it('ask the guest, and let it hold still', async () => {
      expect(await addressesOf(world.a, world.dom)).toContain('127.0.0.1');
      expect(await frozen(world.a, world.dom, () => Promise.resolve('done'))).toBe('done');
      expect(await askAgent(world.a, world.dom, 'guest-ping')).toEqual({});
    });

    it('ask QEMU, and hear it', async () => {
      expect(await isRunning(world.a, world.dom)).toBe(true);
      const over = new AbortController();
      const seen: string[] = [];
      const watching = watch(world.a, world.dom, over.signal, (name) => seen.push(name));
      await until(
        async () => {
          await world.a.domain.suspend({ dom: world.dom });
          await world.a.domain.resume({ dom: world.dom });
          return seen.includes('RESUME') ? true : undefined;
        },
        { everyMs: 20 },
      );
      over.abort();
      await watching;
    });

    it('cut a layer off and merge it again', async () => {
      const below = await world.fileOf('vdb');
      await cut(world.a, world.dom, { vda: null, vdb: world.file('shown-layer') });
      expect(await world.fileOf('vdb')).toBe(world.file('shown-layer'));
      await merge(world.a, world.dom, 'vdb', patience());
      expect(await world.fileOf('vdb')).toBe(below);
    }, 60_000);

    it('back a disk up', async () => {
      const files = { socket: world.file('shown-nbd'), scratch: world.file('shown-scratch') };
      await backUp(world.a, world.dom, 'vdb', files, async () => {
        const nbd = `nbd+unix:///vdb?socket=${world.fromOutside('shown-nbd')}`;
        const copied = await command(
          'qemu-img',
          'convert',
          '-O',
          'raw',
          nbd,
          world.fromOutside('shown-copy'),
        );
        expect(copied).toMatchObject({ code: 0 });
      });
    }, 30_000);

    it('save the machine and wake it', async () => {
      world.dom = await saveAndWake(world.a, world.dom, world.file('shown-saved'));
      await world.awaken();
    }, 60_000);

    it('find a CPU for all hosts', async () => {
      const cpu = await commonCpu([world.a, world.b], 'qemu');
      expect(cpu).toContain('<model');
      expect(await canRun(world.b, 'qemu', cpu)).toBe(true);
    }, 60_000);

    it('send the machine away in a hurry, and carry it back', async () => {
      const disks = ['vda', 'vdb'];
      expect(await remaining(world.a, world.dom)).toBeUndefined();
      await hurry(world.a, world.dom);
      await send(world.a, world.dom, world.dialled(1), disks, patience());
      const { dom } = await world.b.domain.lookupByUuid({ uuid: world.dom.uuid });
      world.dom = await carry(world.b, world.a, dom, disks);
      expect(await world.a.domain.isActive({ dom: world.dom })).toEqual({ active: true });
      expect((await world.b.connect.listAllDomains()).domains).toEqual([]);
    }, 60_000);
  });
}
