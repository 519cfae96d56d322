import { describe, expect, it } from '@jest/globals';
import { POOL_STATE, VIR_ERR } from '@diecast/node-libvirt';
import type { World } from './world.js';

const poolXml = (name: string): string =>
  `<pool type='dir'><name>${name}</name><target><path>/pools/${name}</path></target></pool>`;
const volumeXml = (name: string): string =>
  `<volume><name>${name}</name><capacity unit='bytes'>1048576</capacity><allocation>0</allocation></volume>`;

export function storageStories(world: World): void {
  describe('a pool', () => {
    it('is defined, built, started, looked at and taken away', async () => {
      const { connect, storagePool } = world.host;
      const { pool } = await storagePool.defineXml({ xml: poolXml('defined') });
      expect(pool.name).toBe('defined');
      expect(await storagePool.isActive({ pool })).toEqual({ active: false });
      expect(await storagePool.isPersistent({ pool })).toEqual({ persistent: true });
      expect(await connect.listDefinedStoragePools({ maxnames: 8 })).toEqual({ names: ['defined'] });
      expect(await connect.numOfDefinedStoragePools()).toEqual({ num: 1 });
      await storagePool.build({ pool });
      await storagePool.create({ pool });
      await storagePool.refresh({ pool });
      expect(await storagePool.getInfo({ pool })).toEqual({
        state: POOL_STATE.RUNNING,
        capacity: 107_374_182_400n,
        allocation: 0n,
        available: 107_374_182_400n,
      });
      await storagePool.setAutostart({ pool, autostart: true });
      expect(await storagePool.getAutostart({ pool })).toEqual({ autostart: true });
      expect((await storagePool.getXmlDesc({ pool })).xml).toContain('<path>/pools/defined</path>');

      expect(await storagePool.lookupByName({ name: 'defined' })).toEqual({ pool });
      expect(await storagePool.lookupByUuid({ uuid: pool.uuid })).toEqual({ pool });
      const all = await connect.listAllStoragePools();
      expect(all.pools).toEqual(expect.arrayContaining([pool]));
      expect(all.pools).toHaveLength(all.ret);
      expect((await connect.listStoragePools({ maxnames: 8 })).names.toSorted()).toEqual(
        all.pools.map(({ name }) => name).toSorted(),
      );
      expect(await connect.numOfStoragePools()).toEqual({ num: all.ret });

      await storagePool.destroy({ pool });
      await storagePool.delete({ pool });
      await storagePool.undefine({ pool });
      await expect(storagePool.lookupByName({ name: 'defined' })).rejects.toMatchObject({
        code: VIR_ERR.NO_STORAGE_POOL,
      });
    });

    it('has volumes', async () => {
      const { storagePool, storageVol } = world.host;
      const { pool } = await storagePool.createXml({ xml: poolXml('made') });
      const { vol } = await storageVol.createXml({ pool, xml: volumeXml('one') });
      expect(vol).toEqual({ pool: 'made', name: 'one', key: '/pools/made/one' });
      const { vol: copy } = await storageVol.createXmlFrom({ pool, xml: volumeXml('two'), clonevol: vol });
      expect(await storageVol.getInfo({ vol })).toEqual({ type: 0, capacity: 1_048_576n, allocation: 0n });
      expect(await storageVol.getPath({ vol })).toEqual({ name: '/pools/made/one' });
      expect((await storageVol.getXmlDesc({ vol })).xml).toContain("<format type='raw'/>");
      expect(await storageVol.lookupByName({ pool, name: 'one' })).toEqual({ vol });
      expect(await storageVol.lookupByKey({ key: vol.key })).toEqual({ vol });
      expect(await storageVol.lookupByPath({ path: '/pools/made/two' })).toEqual({ vol: copy });
      expect(await storagePool.lookupByVolume({ vol })).toEqual({ pool });
      const all = await storagePool.listAllVolumes({ pool });
      expect(all).toEqual({ vols: expect.arrayContaining([vol, copy]), ret: 2 });
      expect((await storagePool.listVolumes({ pool, maxnames: 8 })).names.toSorted()).toEqual(['one', 'two']);
      expect(await storagePool.numOfVolumes({ pool })).toEqual({ num: 2 });
      await storageVol.delete({ vol });
      await storageVol.delete({ vol: copy });
      expect(await storagePool.listAllVolumes({ pool })).toEqual({ vols: [], ret: 0 });
      await storagePool.destroy({ pool });
    });
  });
}
