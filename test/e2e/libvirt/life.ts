import { describe, expect, it } from '@jest/globals';
import {
  ADDRESS_SOURCE,
  AGENT_STATE,
  byField,
  DOMAIN_AFFECT,
  DOMAIN_START,
  DOMAIN_STATE,
  GET_HOSTNAME,
  LIFECYCLE,
  METADATA,
  PAUSED_REASON,
  RESUMED_DETAIL,
  RUNNING_REASON,
} from '@diecast/node-libvirt';
import { until } from '../../harness/until.js';
import type { DeepWorld } from './world.js';

const URI = 'urn:diecast:depth';

export function lifeStories(world: DeepWorld): void {
  describe('a machine', () => {
    it('is defined, made without running, and let go; its console shows it boot', async () => {
      const { domain } = world.a;
      const { dom: defined } = await domain.defineXml({ xml: world.xml });
      const { dom } = await domain.createWithFlags({ dom: defined, flags: DOMAIN_START.PAUSED });
      world.dom = dom;
      expect(dom.id).toBeGreaterThan(0);
      expect(await domain.getState({ dom })).toEqual({
        state: DOMAIN_STATE.PAUSED,
        reason: PAUSED_REASON.USER,
      });
      await world.hear('lifecycle', ({ event }) => event === LIFECYCLE.STARTED);
      const console = await domain.openConsole({ dom });
      await domain.resume({ dom });
      await world.hear(
        'lifecycle',
        ({ event, detail }) => event === LIFECYCLE.RESUMED && detail === RESUMED_DETAIL.UNPAUSED,
      );
      const [first] = await console.take(1).toArray();
      expect((first as Buffer).length).toBeGreaterThan(0);
      console.destroy();
      await world.hear('agentLifecycle', ({ state }) => state === AGENT_STATE.CONNECTED);
      await world.awaken();
    }, 120_000);

    it('stands still and goes on, and QEMU says so too', async () => {
      const { domain } = world.a;
      const { dom } = world;
      const over = new AbortController();
      const seen: string[] = [];
      const watching = (async () => {
        for await (const event of world.a.monitorEvents({ dom }, over.signal))
          seen.push(event.type === 'monitor' ? event.event : event.type);
      })();
      await until(() => (seen.includes('connected') ? true : undefined));
      await domain.suspend({ dom });
      expect(await domain.getState({ dom })).toEqual({
        state: DOMAIN_STATE.PAUSED,
        reason: PAUSED_REASON.USER,
      });
      await domain.resume({ dom });
      expect(await domain.getState({ dom })).toEqual({
        state: DOMAIN_STATE.RUNNING,
        reason: RUNNING_REASON.UNPAUSED,
      });
      await until(() => (seen.includes('RESUME') ? true : undefined));
      over.abort();
      await watching;
      expect(seen).toEqual(['connected', 'STOP', 'RESUME']);
    });

    it('keeps metadata in what runs and in what is defined', async () => {
      const { domain } = world.a;
      const { dom } = world;
      const flags = DOMAIN_AFFECT.LIVE | DOMAIN_AFFECT.CONFIG;
      const metadata = '<depth generation="7"/>';
      await domain.setMetadata({ dom, type: METADATA.ELEMENT, metadata, key: 'd', uri: URI, flags });
      for (const each of [DOMAIN_AFFECT.LIVE, DOMAIN_AFFECT.CONFIG])
        expect(await domain.getMetadata({ dom, type: METADATA.ELEMENT, uri: URI, flags: each })).toEqual({
          metadata,
        });
      expect(await world.hear('metadataChange')).toMatchObject({
        metadataType: METADATA.ELEMENT,
        nsuri: URI,
      });
    });

    it('answers through its agent', async () => {
      const { domain, qemu } = world.a;
      const { dom } = world;
      expect(await domain.getHostname({ dom, flags: GET_HOSTNAME.AGENT })).toEqual({
        hostname: expect.any(String),
      });
      await domain.setTime({ dom, seconds: 1_800_000_000n, nseconds: 0 });
      const { seconds } = await domain.getTime({ dom });
      expect(seconds - 1_800_000_000n).toBeLessThan(60n);
      const { info } = await domain.getFsinfo({ dom });
      expect(info).toContainEqual({ mountpoint: '/', name: 'dm-0', fstype: 'squashfs', devAliases: ['vda'] });
      const { ifaces } = await domain.interfaceAddresses({ dom, source: ADDRESS_SOURCE.AGENT });
      expect(ifaces.find(({ name }) => name === 'lo')?.addrs).toContainEqual({
        type: 0,
        addr: '127.0.0.1',
        prefix: 8,
      });
      const { filesystems } = await domain.fsfreeze({ dom, mountpoints: [] });
      expect(await domain.fsthaw({ dom, mountpoints: [] })).toEqual({ filesystems });
      await domain.fstrim({ dom, minimum: 0n });
      const guest = byField((await domain.getGuestInfo({ dom, types: 0 })).params);
      expect(guest['os.machine']).toBe('x86_64');
      const { params } = await domain.getGuestVcpus({ dom });
      expect(byField(params)).toMatchObject({ vcpus: '0', online: '0' });
      await domain.agentSetResponseTimeout({ dom, timeout: 10 });
      const cmd = JSON.stringify({ execute: 'guest-get-osinfo' });
      const { result } = await qemu.domainAgentCommand({ dom, cmd, timeout: 5 });
      expect(JSON.parse(result ?? '')).toMatchObject({ return: { machine: 'x86_64' } });
    });

    it('lets QMP through, and what QEMU refuses', async () => {
      const { qemu } = world.a;
      const { dom } = world;
      const status = await qemu.domainMonitorCommand({ dom, cmd: '{"execute":"query-status"}' });
      expect(JSON.parse(status.result)).toMatchObject({ return: { running: true } });
      const refused = await qemu.domainMonitorCommand({ dom, cmd: '{"execute":"nonsense"}' });
      expect(JSON.parse(refused.result)).toMatchObject({ error: { class: 'CommandNotFound' } });
    });
  });
}
