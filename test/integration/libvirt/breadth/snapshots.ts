import { describe, expect, it } from '@jest/globals';
import {
  CHECKPOINT_LIST,
  SNAPSHOT_DELETE,
  VIR_ERR,
  type CheckpointRef,
  type DomainRef,
  type SnapshotRef,
} from '@diecast/node-libvirt';
import type { World } from './world.js';

const domainXml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory unit='KiB'>1024</memory><os><type>hvm</type></os>
  <devices><disk type='file' device='disk'><source file='/guest/${name}'/><target dev='vda' bus='virtio'/></disk></devices></domain>`;

export function snapshotStories(world: World): void {
  async function withDomain(name: string, work: (dom: DomainRef) => Promise<void>): Promise<void> {
    const { domain } = world.host;
    const { dom } = await domain.defineXml({ xml: domainXml(name) });
    try {
      await work((await domain.createWithFlags({ dom })).dom);
    } finally {
      await domain.destroy({ dom });
      await domain.undefine({ dom });
    }
  }

  describe('snapshots', () => {
    it('form a tree whose branches can be gone back to', () =>
      withDomain('snapped', async (dom) => {
        const { domain, snapshot } = world.host;
        const take = async (name: string): Promise<SnapshotRef> =>
          (await snapshot.createXml({ dom, xml: `<domainsnapshot><name>${name}</name></domainsnapshot>` }))
            .snap;
        expect(await domain.hasCurrentSnapshot({ dom })).toEqual({ result: false });
        const first = await take('first');
        const second = await take('second');
        expect(second).toEqual({ name: 'second', dom });
        expect(await domain.hasCurrentSnapshot({ dom })).toEqual({ result: true });
        expect(await snapshot.current({ dom })).toEqual({ snap: second });
        expect(await snapshot.isCurrent({ snap: second })).toEqual({ current: true });
        expect(await snapshot.isCurrent({ snap: first })).toEqual({ current: false });
        expect(await snapshot.hasMetadata({ snap: first })).toEqual({ metadata: true });
        expect(await snapshot.getParent({ snap: second })).toEqual({ snap: first });
        expect(await snapshot.numChildren({ snap: first })).toEqual({ num: 1 });
        expect(await snapshot.listChildrenNames({ snap: first, maxnames: 4 })).toEqual({ names: ['second'] });
        const children = await snapshot.listAllChildren({ snapshot: first });
        expect(children).toEqual({ snapshots: [second], ret: 1 });

        await domain.revertToSnapshot({ snap: first });
        const third = await take('third');
        expect(await snapshot.getParent({ snap: third })).toEqual({ snap: first });
        expect(await snapshot.num({ dom })).toEqual({ num: 3 });
        expect((await snapshot.listNames({ dom, maxnames: 8 })).names).toHaveLength(3);
        const all = await domain.listAllSnapshots({ dom });
        expect(all.ret).toBe(3);
        expect(all.snapshots).toEqual(expect.arrayContaining([first, second, third]));
        expect(await snapshot.lookupByName({ dom, name: 'third' })).toEqual({ snap: third });
        expect((await snapshot.getXmlDesc({ snap: third })).xml).toContain('<name>third</name>');
        await snapshot.delete({ snap: first, flags: SNAPSHOT_DELETE.CHILDREN });
        expect(await snapshot.num({ dom })).toEqual({ num: 0 });
        await expect(snapshot.current({ dom })).rejects.toMatchObject({ code: VIR_ERR.NO_DOMAIN_SNAPSHOT });
      }));
  });

  describe('checkpoints', () => {
    it('form a line', () =>
      withDomain('checked', async (dom) => {
        const { checkpoint, domain } = world.host;
        const take = async (name: string): Promise<CheckpointRef> => {
          const xml = `<domaincheckpoint><name>${name}</name></domaincheckpoint>`;
          return (await checkpoint.createXml({ dom, xml })).checkpoint;
        };
        const first = await take('first');
        const second = await take('second');
        expect(await checkpoint.lookupByName({ dom, name: 'second' })).toEqual({ checkpoint: second });
        expect(await checkpoint.getParent({ checkpoint: second })).toEqual({ parent: first });
        expect(await checkpoint.listAllChildren({ checkpoint: first })).toEqual({
          checkpoints: [second],
          ret: 1,
        });
        const leaves = await domain.listAllCheckpoints({ dom, flags: CHECKPOINT_LIST.LEAVES });
        expect(leaves).toEqual({ checkpoints: [second], ret: 1 });
        expect((await checkpoint.getXmlDesc({ checkpoint: second })).xml).toContain("bitmap='second'");
        await checkpoint.delete({ checkpoint: second });
        await checkpoint.delete({ checkpoint: first });
        expect((await domain.listAllCheckpoints({ dom })).ret).toBe(0);
      }));
  });
}
