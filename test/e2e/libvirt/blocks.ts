import { rm } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  BLOCK_COMMIT,
  BLOCK_COPY,
  BLOCK_JOB_ABORT,
  BLOCK_JOB_INFO,
  BLOCK_JOB_STATUS,
  BLOCK_JOB_TYPE,
  byField,
  CHECKPOINT_LIST,
  JOB_OPERATION,
  JOB_STATS,
  JOB_TYPE,
  SNAPSHOT_CREATE,
  typed,
  type HostEvent,
} from '@diecast/node-libvirt';
import { command } from '../../harness/lab-command.js';
import type { DeepWorld } from './world.js';

const NONE = { bandwidth: 0n, cur: 0n, end: 0n, found: false, type: 0 };

/** Layers of a disk, and what is done with them while the machine runs. */
export function blockStories(world: DeepWorld): void {
  const told = (jobType: number, status: number): Promise<HostEvent<'blockJob2'>> =>
    world.hear('blockJob2', (event) => event.jobType === jobType && event.status === status);
  /** A new layer on the second disk. */
  const addLayer = (name: string): Promise<unknown> =>
    world.a.snapshot.createXml({
      dom: world.dom,
      xml: `<domainsnapshot><disks><disk name='vda' snapshot='no'/>
        <disk name='vdb' snapshot='external'><source file='${world.file(name)}'/></disk></disks></domainsnapshot>`,
      flags: SNAPSHOT_CREATE.DISK_ONLY | SNAPSHOT_CREATE.ATOMIC | SNAPSHOT_CREATE.NO_METADATA,
    });
  describe('block jobs', () => {
    it('commit the active layer into the one below, and pivot', async () => {
      const { domain } = world.a;
      const { dom } = world;
      await addLayer('over');
      await domain.blockCommit({ dom, disk: 'vdb', bandwidth: 0n, flags: BLOCK_COMMIT.ACTIVE });
      expect(await told(BLOCK_JOB_TYPE.ACTIVE_COMMIT, BLOCK_JOB_STATUS.READY)).toMatchObject({ dst: 'vdb' });
      expect(await domain.getBlockJobInfo({ dom, path: 'vdb' })).toMatchObject({
        found: true,
        type: BLOCK_JOB_TYPE.ACTIVE_COMMIT,
      });
      await domain.blockJobAbort({ dom, path: 'vdb', flags: BLOCK_JOB_ABORT.PIVOT });
      await told(BLOCK_JOB_TYPE.ACTIVE_COMMIT, BLOCK_JOB_STATUS.COMPLETED);
      expect(await domain.getBlockJobInfo({ dom, path: 'vdb' })).toEqual(NONE);
      expect(await world.fileOf('vdb')).toBe(world.file('deep-data'));
    });

    it('pull what is below into the active layer', async () => {
      await addLayer('pulled');
      await world.a.domain.blockPull({ dom: world.dom, path: 'vdb', bandwidth: 0n });
      await told(BLOCK_JOB_TYPE.PULL, BLOCK_JOB_STATUS.COMPLETED);
      expect(await world.fileOf('vdb')).toBe(world.file('pulled'));
    });

    it('copy a disk, at a speed, until they are told to stop', async () => {
      const { domain } = world.a;
      const { dom } = world;
      const destxml = `<disk type='file'><driver type='qcow2'/><source file='${world.file('copy')}'/></disk>`;
      const params = [typed.ullong('bandwidth', 65_536)];
      await domain.blockCopy({ dom, path: 'vdb', destxml, params, flags: BLOCK_COPY.TRANSIENT_JOB });
      const flags = BLOCK_JOB_INFO.BANDWIDTH_BYTES;
      expect(await domain.getBlockJobInfo({ dom, path: 'vdb', flags })).toMatchObject({
        found: true,
        type: BLOCK_JOB_TYPE.COPY,
        bandwidth: 65_536n,
      });
      await domain.blockJobSetSpeed({ dom, path: 'vdb', bandwidth: 3n });
      expect(await domain.getBlockJobInfo({ dom, path: 'vdb' })).toMatchObject({ bandwidth: 3n });
      await domain.blockJobAbort({ dom, path: 'vdb' });
      await told(BLOCK_JOB_TYPE.COPY, BLOCK_JOB_STATUS.CANCELED);
      expect(await domain.getBlockJobInfo({ dom, path: 'vdb' })).toEqual(NONE);
    });

    it('copy a disk and move the machine over to the copy', async () => {
      const { domain } = world.a;
      const { dom } = world;
      await rm(world.fromOutside('copy'), { force: true });
      const destxml = `<disk type='file'><driver type='qcow2'/><source file='${world.file('copy')}'/></disk>`;
      await domain.blockCopy({ dom, path: 'vdb', destxml, params: [], flags: BLOCK_COPY.TRANSIENT_JOB });
      await told(BLOCK_JOB_TYPE.COPY, BLOCK_JOB_STATUS.READY);
      await domain.blockJobAbort({ dom, path: 'vdb', flags: BLOCK_JOB_ABORT.PIVOT });
      await told(BLOCK_JOB_TYPE.COPY, BLOCK_JOB_STATUS.COMPLETED);
      expect(await world.fileOf('vdb')).toBe(world.file('copy'));
    });
  });

  describe('checkpoints and backups', () => {
    const checkpoint = (name: string): string => `<domaincheckpoint><name>${name}</name><disks>
      <disk name='vda' checkpoint='no'/><disk name='vdb' checkpoint='bitmap'/></disks></domaincheckpoint>`;

    it('give what has changed since a checkpoint to whoever pulls it', async () => {
      const { checkpoint: checkpoints, domain } = world.a;
      const { dom } = world;
      await checkpoints.createXml({ dom, xml: checkpoint('first') });
      const backupXml = `<domainbackup mode='pull'><incremental>first</incremental>
        <server transport='unix' socket='${world.file('nbd')}'/>
        <disks><disk name='vda' backup='no'/>
        <disk name='vdb' backup='yes' type='file' exportname='vdb'><scratch file='${world.file('scratch')}'/></disk></disks>
        </domainbackup>`;
      await domain.backupBegin({ dom, backupXml, checkpointXml: checkpoint('second') });
      expect((await domain.backupGetXmlDesc({ dom })).xml).toContain("exportname='vdb'");
      const { type, params } = await domain.getJobStats({ dom });
      expect(type).toBe(JOB_TYPE.UNBOUNDED);
      expect(byField(params)['operation']).toBe(JOB_OPERATION.BACKUP);
      const nbd = `nbd+unix:///vdb?socket=${world.fromOutside('nbd')}`;
      const looked = await command('qemu-img', 'info', '--output=json', nbd);
      expect(JSON.parse(looked.stdout)).toMatchObject({ 'virtual-size': 20 * 1024 * 1024 });

      await domain.abortJob({ dom });
      const done = await world.hear('jobCompleted');
      expect(byField(done.params)['operation']).toBe(JOB_OPERATION.BACKUP);
      const { checkpoints: left } = await domain.listAllCheckpoints({
        dom,
        flags: CHECKPOINT_LIST.TOPOLOGICAL,
      });
      expect(left.map(({ name }) => name)).toEqual(['first', 'second']);
      for (const each of left.toReversed()) await checkpoints.delete({ checkpoint: each });
      expect(await domain.listAllCheckpoints({ dom })).toEqual({ checkpoints: [], ret: 0 });
    }, 30_000);

    it('leave figures of the job that is over', async () => {
      const { type, params } = await world.a.domain.getJobStats({
        dom: world.dom,
        flags: JOB_STATS.COMPLETED,
      });
      expect([JOB_TYPE.COMPLETED, JOB_TYPE.CANCELLED]).toContain(type);
      expect(byField(params)).toMatchObject({ operation: JOB_OPERATION.BACKUP });
    });
  });
}
