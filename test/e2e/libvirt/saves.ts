import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  DOMAIN_STATE,
  DUMP,
  LIFECYCLE,
  PAUSED_REASON,
  RUNNING_REASON,
  SAVE,
  SHUTOFF_REASON,
  STOPPED_DETAIL,
  typed,
} from '@diecast/node-libvirt';
import type { DeepWorld } from './world.js';

/** The memory of the machine in files. */
export function saveStories(world: DeepWorld): void {
  const state = async (): Promise<readonly number[]> => {
    const { state, reason } = await world.a.domain.getState({ dom: world.dom });
    return [state, reason];
  };
  const lookAgain = async (): Promise<void> => {
    world.dom = (await world.a.domain.lookupByUuid({ uuid: world.dom.uuid })).dom;
  };

  describe('snapshots with memory', () => {
    it('are gone back to', async () => {
      const { domain, snapshot } = world.a;
      const { dom } = world;
      const { snap } = await snapshot.createXml({
        dom,
        xml: '<domainsnapshot><name>inside</name></domainsnapshot>',
      });
      expect(await snapshot.isCurrent({ snap })).toEqual({ current: true });
      await domain.revertToSnapshot({ snap });
      await lookAgain();
      expect(await state()).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.FROM_SNAPSHOT]);
      await snapshot.delete({ snap });
      expect(await snapshot.num({ dom })).toEqual({ num: 0 });
      await world.awaken();
    }, 60_000);
  });

  describe('saving', () => {
    it('ends the machine, and restoring brings it back as it was', async () => {
      const { domain } = world.a;
      const file = world.file('saved');
      await domain.saveFlags({ dom: world.dom, to: file });
      await world.hear(
        'lifecycle',
        ({ event, detail }) => event === LIFECYCLE.STOPPED && detail === STOPPED_DETAIL.SAVED,
      );
      expect(await state()).toEqual([DOMAIN_STATE.SHUTOFF, SHUTOFF_REASON.SAVED]);
      expect((await domain.saveImageGetXmlDesc({ file })).xml).toContain('<name>deep</name>');
      await domain.restoreFlags({ from: file, flags: SAVE.PAUSED });
      await lookAgain();
      expect(await state()).toEqual([DOMAIN_STATE.PAUSED, PAUSED_REASON.MIGRATION]);
      await domain.resume({ dom: world.dom });
      await world.awaken();
    }, 60_000);

    it('takes its wishes as parameters', async () => {
      const { domain } = world.a;
      const params = [typed.string('file', world.file('saved-again'))];
      await domain.saveParams({ dom: world.dom, params });
      await domain.restoreParams({ params, flags: SAVE.RUNNING });
      await lookAgain();
      expect(await state()).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.RESTORED]);
    }, 60_000);

    it('can be left to libvirt, which wakes it at the next start', async () => {
      const { domain } = world.a;
      await domain.managedSave({ dom: world.dom });
      expect(await domain.hasManagedSaveImage({ dom: world.dom })).toEqual({ result: true });
      expect((await domain.managedSaveGetXmlDesc({ dom: world.dom })).xml).toContain('<name>deep</name>');
      world.dom = (await domain.createWithFlags({ dom: world.dom })).dom;
      expect(await domain.hasManagedSaveImage({ dom: world.dom })).toEqual({ result: false });
      expect(await state()).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.RESTORED]);
      await world.awaken();
    }, 60_000);

    it('writes the memory to a file while the machine goes on', async () => {
      const { domain } = world.a;
      const { dom } = world;
      await domain.coreDumpWithFormat({
        dom,
        to: world.file('core'),
        dumpformat: 0,
        flags: DUMP.MEMORY_ONLY | DUMP.LIVE,
      });
      expect((await state())[0]).toBe(DOMAIN_STATE.RUNNING);
      expect((await stat(world.fromOutside('core'))).size).toBeGreaterThan(100 * 1024 * 1024);
    }, 60_000);
  });
}
