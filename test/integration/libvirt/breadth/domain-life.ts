import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  DOMAIN_STATE,
  LIST_DOMAINS,
  METADATA,
  PAUSED_REASON,
  RUNNING_REASON,
  SHUTOFF_REASON,
  VIR_ERR,
  type DomainRef,
} from '@diecast/node-libvirt';
import type { World } from './world.js';

const smallXml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory unit='KiB'>1024</memory><os><type>hvm</type></os></domain>`;

/** From definition to end, with all that changes a domain as a whole. */
export function domainLifeStories(world: World): void {
  const stateOf = async (dom: DomainRef): Promise<[number, number]> => {
    const { state, reason } = await world.host.domain.getState({ dom });
    return [state, reason];
  };

  describe('a domain', () => {
    it('is found by name, UUID and id, and is in every list', async () => {
      const { connect, domain } = world.host;
      const { dom } = await domain.lookupByName({ name: 'test' });
      expect(dom).toEqual({ name: 'test', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/), id: 1 });
      expect(await domain.lookupByUuid({ uuid: dom.uuid })).toEqual({ dom });
      expect(await domain.lookupById({ id: dom.id })).toEqual({ dom });
      const { dom: defined } = await domain.defineXml({ xml: smallXml('listed') });

      const all = await connect.listAllDomains();
      expect(all.domains).toEqual(expect.arrayContaining([dom, defined]));
      expect(all.ret).toBe(all.domains.length);
      expect(await connect.listAllDomains({ needResults: false })).toEqual({ domains: [], ret: all.ret });
      const inactive = await connect.listAllDomains({ flags: LIST_DOMAINS.INACTIVE });
      expect(inactive.domains).toEqual([defined]);
      expect(await connect.listDomains({ maxids: 8 })).toEqual({ ids: [1] });
      expect(await connect.numOfDomains()).toEqual({ num: 1 });
      expect(await connect.listDefinedDomains({ maxnames: 8 })).toEqual({ names: ['listed'] });
      expect(await connect.numOfDefinedDomains()).toEqual({ num: 1 });
      await domain.undefine({ dom: defined });
      await expect(domain.lookupByName({ name: 'listed' })).rejects.toMatchObject({
        code: VIR_ERR.NO_DOMAIN,
      });
    });

    it('starts, pauses, goes on, restarts and ends', async () => {
      const { domain } = world.host;
      const { dom } = await domain.defineXmlFlags({ xml: smallXml('lively') });
      expect(dom.id).toBe(-1);
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.SHUTOFF, SHUTOFF_REASON.UNKNOWN]);
      expect(await domain.isActive({ dom })).toEqual({ active: false });
      expect(await domain.isPersistent({ dom })).toEqual({ persistent: true });
      const { dom: running } = await domain.createWithFlags({ dom });
      expect(running).toEqual({ ...dom, id: expect.any(Number) });
      expect(running.id).toBeGreaterThan(1);
      expect(await domain.isActive({ dom })).toEqual({ active: true });
      expect(await domain.isUpdated({ dom })).toEqual({ updated: false });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.BOOTED]);

      await domain.suspend({ dom });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.PAUSED, PAUSED_REASON.USER]);
      await domain.resume({ dom });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.UNPAUSED]);
      await domain.reset({ dom });
      await domain.reboot({ dom });
      expect((await stateOf(dom))[0]).toBe(DOMAIN_STATE.RUNNING);
      await domain.shutdown({ dom });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.SHUTOFF, SHUTOFF_REASON.SHUTDOWN]);
      await domain.create({ dom });
      await domain.shutdownFlags({ dom });
      await domain.create({ dom });
      await domain.destroy({ dom });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.SHUTOFF, SHUTOFF_REASON.DESTROYED]);
      await domain.undefineFlags({ dom });
    });

    it('that was not defined is gone when it ends', async () => {
      const { domain } = world.host;
      const { dom } = await domain.createXml({ xml: smallXml('passing') });
      expect(await domain.isPersistent({ dom })).toEqual({ persistent: false });
      await domain.destroyFlags({ dom });
      await expect(domain.getState({ dom })).rejects.toMatchObject({ code: VIR_ERR.NO_DOMAIN });
    });

    it('is renamed while it is off', async () => {
      const { domain } = world.host;
      const { dom } = await domain.defineXml({ xml: smallXml('before') });
      expect(await domain.rename({ dom, newName: 'after' })).toEqual({ retcode: 0 });
      expect((await domain.lookupByUuid({ uuid: dom.uuid })).dom.name).toBe('after');
      await domain.undefine({ dom });
    });

    it('keeps what it is told of itself', async () => {
      const { domain } = world.host;
      const { dom } = await domain.defineXml({ xml: smallXml('described') });
      await domain.setAutostart({ dom, autostart: true });
      expect(await domain.getAutostart({ dom })).toEqual({ autostart: true });
      await domain.setAutostart({ dom, autostart: false });
      expect(await domain.getAutostart({ dom })).toEqual({ autostart: false });

      await domain.setMetadata({ dom, type: METADATA.TITLE, metadata: 'Käthe' });
      expect(await domain.getMetadata({ dom, type: METADATA.TITLE })).toEqual({ metadata: 'Käthe' });
      const uri = 'urn:diecast:test';
      await domain.setMetadata({
        dom,
        type: METADATA.ELEMENT,
        metadata: '<a b="c"/>',
        key: 'k',
        uri,
      });
      expect(await domain.getMetadata({ dom, type: METADATA.ELEMENT, uri })).toEqual({
        metadata: '<a b="c"/>',
      });
      await domain.setMetadata({ dom, type: METADATA.ELEMENT, uri });
      await expect(domain.getMetadata({ dom, type: METADATA.ELEMENT, uri })).rejects.toMatchObject({
        code: VIR_ERR.NO_DOMAIN_METADATA,
      });

      await domain.setLifecycleAction({ dom, type: 0, action: 1 });
      const { xml } = await domain.getXmlDesc({ dom });
      expect(xml).toContain('<title>Käthe</title>');
      expect(xml).toContain('<on_poweroff>restart</on_poweroff>');
      expect(await domain.getOsType({ dom })).toEqual({ type: 'linux' });
      expect(await domain.getMessages({ dom })).toEqual({ msgs: [] });
      await domain.undefine({ dom });
    });

    it('is saved, changed and woken up again', async () => {
      const { domain } = world.host;
      const { dom } = await domain.defineXml({ xml: smallXml('saved') });
      const file = world.file('saved');
      await domain.create({ dom });
      await domain.save({ dom, to: file });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.SHUTOFF, SHUTOFF_REASON.SAVED]);
      const { xml } = await domain.saveImageGetXmlDesc({ file });
      expect(xml).toContain('<name>saved</name>');
      await domain.saveImageDefineXml({
        file,
        dxml: xml.replace('</name>', '</name><title>again</title>'),
      });
      expect((await domain.saveImageGetXmlDesc({ file })).xml).toContain('<title>again</title>');
      await domain.restore({ from: file });
      expect(await stateOf(dom)).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.RESTORED]);
      await domain.saveFlags({ dom, to: file });
      await domain.restoreFlags({ from: file });

      await domain.managedSave({ dom });
      expect(await domain.hasManagedSaveImage({ dom })).toEqual({ result: true });
      await domain.managedSaveRemove({ dom });
      expect(await domain.hasManagedSaveImage({ dom })).toEqual({ result: false });
      await domain.undefine({ dom });
    });

    it('is written to a file as it is', async () => {
      const { domain } = world.host;
      const { dom } = await domain.createXml({ xml: smallXml('dumped') });
      const to = world.file('core');
      await domain.coreDump({ dom, to });
      expect((await stat(to)).size).toBeGreaterThan(0);
      await domain.coreDumpWithFormat({ dom, to: `${to}-2`, dumpformat: 0 });
      expect((await stat(`${to}-2`)).size).toBeGreaterThan(0);
      await domain.destroy({ dom });
    });
  });
}
