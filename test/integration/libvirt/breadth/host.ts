import { describe, expect, it } from '@jest/globals';
import { allOf, byField } from '@diecast/node-libvirt';
import type { World } from './world.js';

/** The connection and the machine: what needs no object. */
export function hostStories(world: World): void {
  describe('the connection', () => {
    it('names its driver and its versions', async () => {
      const { connect } = world.host;
      expect(await connect.getType()).toEqual({ type: 'TEST' });
      expect(await connect.getVersion()).toEqual({ hvVer: 2n });
      expect((await connect.getLibVersion()).libVer).toBeGreaterThanOrEqual(9_000_000n);
      expect(await connect.getUri()).toEqual({ uri: 'test:///default' });
      expect(await connect.getHostname()).toEqual({ hostname: world.daemon.hostname });
      expect(await connect.isSecure()).toEqual({ secure: true });
      expect(await connect.getMaxVcpus()).toEqual({ maxVcpus: 32 });
    });

    it('describes what it can run', async () => {
      const { connect } = world.host;
      const { capabilities } = await connect.getCapabilities();
      expect(capabilities).toMatch(/^<capabilities>[^]*<arch>i686<\/arch>[^]*<\/capabilities>\n$/);
      expect((await connect.getSysinfo()).sysinfo).toContain("<entry name='vendor'>LENOVO</entry>");
    });

    it('knows CPUs by their names', async () => {
      const { connect } = world.host;
      const { models, ret } = await connect.getCpuModelNames({ arch: 'x86_64' });
      expect(models).toHaveLength(ret);
      expect(models).toEqual(expect.arrayContaining(['Penryn', 'EPYC']));
      expect(await connect.getCpuModelNames({ arch: 'x86_64', needResults: false })).toEqual({
        models: [],
        ret,
      });
      const cpu = (model: string): string => `<cpu><arch>x86_64</arch><model>${model}</model></cpu>`;
      const baseline = await connect.baselineCpu({ xmlCpus: [cpu('Penryn'), cpu('Nehalem')] });
      expect(baseline.cpu).toContain('>Penryn</model>');
    });

    it('finds storage for pools', async () => {
      const found = await world.host.connect.findStoragePoolSources({ type: 'logical' });
      expect(found.xml).toContain('<name>testvg1</name>');
      const source = { type: 'netfs', srcSpec: '<source><host name="over-there"/></source>' };
      expect((await world.host.connect.findStoragePoolSources(source)).xml).toContain("name='over-there'");
    });
  });

  describe('the machine', () => {
    it('says what it is made of', async () => {
      const { node } = world.host;
      expect(await node.getInfo()).toEqual({
        model: 'i686',
        memory: 3_145_728n,
        cpus: 16,
        mhz: 1400,
        nodes: 2,
        sockets: 2,
        cores: 2,
        threads: 2,
      });
      expect(await node.getFreeMemory()).toEqual({ freeMem: 3_145_728n });
      const cells = await node.getCellsFreeMemory({ startCell: 0, maxcells: 2 });
      expect(cells).toEqual({ cells: [2_097_152n, 4_194_304n] });
      expect(await node.getSecurityModel()).toEqual({ model: 'testSecurity', doi: '' });
    });

    it('counts the time of its CPUs and says which are online', async () => {
      const { node } = world.host;
      const times = byField(await allOf((nparams) => node.getCpuStats({ cpuNum: -1, nparams })));
      expect(Object.keys(times)).toEqual(['user', 'kernel', 'idle', 'iowait']);
      expect(times['user']).toBeGreaterThan(0n);
      const map = await node.getCpuMap({ needMap: true, needOnline: true });
      expect(map).toEqual({ cpumap: Buffer.from([0b10101]), online: 3, ret: 8 });
      const length = await node.getCpuMap({ needMap: false, needOnline: false });
      expect(length).toEqual({ cpumap: Buffer.alloc(0), online: 0, ret: 8 });
    });
  });
}
