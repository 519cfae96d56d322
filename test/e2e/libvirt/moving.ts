import { describe, expect, it } from '@jest/globals';
import {
  byField,
  DOMAIN_STATE,
  DOMAIN_UNDEFINE,
  JOB_OPERATION,
  JOB_STATS,
  JOB_TYPE,
  LibvirtError,
  LibvirtTransportError,
  LIFECYCLE,
  MIGRATE,
  MIGRATE_PARAM,
  migrateDirect,
  migratePeerToPeer,
  PAUSED_REASON,
  RESUMED_DETAIL,
  RUNNING_REASON,
  typed,
  VIR_ERR,
  type Libvirt,
  type MigrateDirectOptions,
} from '@diecast/node-libvirt';
import { createVolume } from '../../harness/libvirt-machine.js';
import { until } from '../../harness/until.js';
import { after, cutAt, HookedClient, type Hook } from './hooked.js';
import type { DeepWorld } from './world.js';

const MIB = 1024 * 1024;
const BEGIN = 'DOMAIN_MIGRATE_BEGIN3_PARAMS';
const PREPARE = 'DOMAIN_MIGRATE_PREPARE3_PARAMS';
const PERFORM = 'DOMAIN_MIGRATE_PERFORM3_PARAMS';
const FINISH = 'DOMAIN_MIGRATE_FINISH3_PARAMS';
/** With its disks, encrypted, and nothing of it stays at the source. */
const FLAGS =
  MIGRATE.LIVE | MIGRATE.NON_SHARED_INC | MIGRATE.TLS | MIGRATE.PERSIST_DEST | MIGRATE.UNDEFINE_SOURCE;
const DISKS = ['vda', 'vdb'].map((disk) => typed.string(MIGRATE_PARAM.MIGRATE_DISKS, disk));
/** MiB/s at which it takes long enough to be looked at. */
const SLOWLY = [...DISKS, typed.ullong(MIGRATE_PARAM.BANDWIDTH, 8)];

/** The machine, which runs on host a, goes to and fro. */
export function movingStories(world: DeepWorld): void {
  const direct = (source: Libvirt, target: Libvirt, options: MigrateDirectOptions = {}) =>
    migrateDirect(source, target, world.dom, { flags: FLAGS, params: DISKS, ...options });
  const stateAt = async (host: Libvirt): Promise<readonly [number, number] | undefined> => {
    try {
      const { state, reason } = await host.domain.getState({ dom: world.dom });
      return [state, reason];
    } catch (error) {
      if (error instanceof LibvirtError && error.code === VIR_ERR.NO_DOMAIN) return undefined;
      throw error;
    }
  };
  /** Nothing holds it back: it runs, at this host alone, and no job has been left. */
  const expectFreeAt = async (host: Libvirt, other: Libvirt): Promise<void> => {
    await until(async () => ((await stateAt(other)) === undefined ? true : undefined), { everyMs: 50 });
    expect((await stateAt(host))?.[0]).toBe(DOMAIN_STATE.RUNNING);
    world.dom = (await host.domain.lookupByUuid({ uuid: world.dom.uuid })).dom;
    expect(await host.domain.getJobStats({ dom: world.dom })).toMatchObject({ type: JOB_TYPE.NONE });
  };
  /** With clients to which something happens on the way. */
  async function hooked<T>(
    hook: Hook,
    work: (source: HookedClient, target: HookedClient) => Promise<T>,
  ): Promise<T> {
    const source = new HookedClient(world.uriOf(0), hook);
    const target = new HookedClient(world.uriOf(1), hook);
    try {
      return await work(source, target);
    } finally {
      source.close();
      target.close();
    }
  }
  /** Until memory is on its way. */
  const untilMoving = (host: Libvirt): Promise<unknown> =>
    until(
      async () => {
        const { params } = await host.domain.getJobStats({ dom: world.dom });
        return Number(byField(params)['memory_processed'] ?? 0) > 0 ? true : undefined;
      },
      { everyMs: 20 },
    );

  describe('a move peer to peer', () => {
    it('is seen, steered and ends at the other host', async () => {
      const { a, b } = world;
      const { dom } = world;
      await createVolume(b, (await b.connect.listAllStoragePools()).pools[0] ?? world.pool, 'copy', 20 * MIB);
      await a.migrate.setMaxDowntime({ dom, downtime: 700n });
      expect(await a.migrate.getMaxDowntime({ dom })).toEqual({ downtime: 700n });
      const moving = migratePeerToPeer(a, dom, world.dialled(1), { flags: FLAGS, params: SLOWLY });
      await untilMoving(a);
      expect(byField((await a.domain.getJobStats({ dom })).params)).toMatchObject({
        operation: JOB_OPERATION.MIGRATION_OUT,
        memory_total: expect.any(Number),
      });
      expect(await a.domain.getJobInfo({ dom })).toMatchObject({ type: JOB_TYPE.UNBOUNDED });
      await a.migrate.setMaxSpeed({ dom, bandwidth: 1000n });
      expect(await a.migrate.getMaxSpeed({ dom })).toEqual({ bandwidth: 1000n });
      await moving;
      expect(await stateAt(b)).toEqual([DOMAIN_STATE.RUNNING, RUNNING_REASON.MIGRATED]);
      await expectFreeAt(b, a);
      const { params } = await b.domain.getJobStats({ dom: world.dom, flags: JOB_STATS.COMPLETED });
      expect(byField(params)).toMatchObject({ operation: JOB_OPERATION.MIGRATION_IN });
    }, 60_000);
  });

  describe('a move that the client directs', () => {
    it('ends at the other host', async () => {
      const { dom, leftBehind } = await direct(world.b, world.a);
      expect(leftBehind).toBeNull();
      expect(dom).toMatchObject({ name: 'deep', uuid: world.dom.uuid });
      await expectFreeAt(world.a, world.b);
    }, 60_000);

    it('does not begin when the source refuses', async () => {
      const unsafe = { flags: MIGRATE.LIVE | MIGRATE.TLS };
      await expect(direct(world.a, world.b, unsafe)).rejects.toMatchObject({ code: VIR_ERR.MIGRATE_UNSAFE });
      await expectFreeAt(world.a, world.b);
    });

    it('is called off at the source when the target refuses', async () => {
      const namesake = world.xml.replace(
        /<memory[^]*<devices>[^]*<\/devices>/,
        '<memory unit="MiB">64</memory><os><type>hvm</type></os>',
      );
      const { dom } = await world.b.domain.defineXml({ xml: namesake });
      await expect(direct(world.a, world.b)).rejects.toMatchObject({ name: 'LibvirtError' });
      await world.b.domain.undefineFlags({ dom, flags: DOMAIN_UNDEFINE.NVRAM });
      await expectFreeAt(world.a, world.b);
    }, 30_000);

    it('is cancelled on its way, and the machine goes on', async () => {
      const giveUp = new AbortController();
      const moving = direct(world.a, world.b, { params: SLOWLY, signal: giveUp.signal });
      const failed = expect(moving).rejects.toThrow('enough');
      await untilMoving(world.a);
      giveUp.abort(new Error('enough'));
      await failed;
      expect(await stateAt(world.a)).toEqual([DOMAIN_STATE.RUNNING, expect.any(Number)]);
      await expectFreeAt(world.a, world.b);
    }, 60_000);

    it.each([
      ['begun', BEGIN],
      ['prepared', PREPARE],
    ])(
      'that is called off when it has just been %s has not happened',
      async (_, procedure) => {
        const giveUp = new AbortController();
        const hook = after(procedure, () => giveUp.abort(new Error('enough')));
        const moving = hooked(hook, (source, target) => direct(source, target, { signal: giveUp.signal }));
        await expect(moving).rejects.toThrow('enough');
        await expectFreeAt(world.a, world.b);
      },
      60_000,
    );

    it('is given up by both when the target is not told that all has come', async () => {
      const moving = hooked(cutAt(FINISH, 'lost'), (source, target) => direct(source, target));
      await expect(moving).rejects.toThrow(LibvirtTransportError);
      await expectFreeAt(world.a, world.b);
    }, 60_000);

    it('is given up by both when the source is lost just when all has left', async () => {
      const moving = hooked(cutAt(PERFORM, 'arrives'), (source, target) => direct(source, target));
      await expect(moving).rejects.toThrow(LibvirtTransportError);
      await expectFreeAt(world.a, world.b);
    }, 60_000);

    it('leaves the machine paused when nobody knows whether it runs at the target', async () => {
      let lose = (): void => undefined;
      const moving = hooked(
        cutAt(FINISH, 'lost', () => lose()),
        (source, target) => {
          lose = () => void (target.cutOff = true);
          return direct(source, target, { silenceMs: 0 });
        },
      );
      await expect(moving).rejects.toMatchObject({
        name: 'MigrationUndecidedError',
        why: 'target-silent',
        cause: expect.any(LibvirtTransportError),
      });
      expect(await stateAt(world.a)).toEqual([DOMAIN_STATE.PAUSED, PAUSED_REASON.MIGRATION]);
      // Somebody has looked: it does not run there.
      await world.a.domain.resume({ dom: world.dom });
      await expectFreeAt(world.a, world.b);
    }, 60_000);

    it('has succeeded when only the answer was lost', async () => {
      const { dom, leftBehind } = await hooked(cutAt(FINISH, 'arrives'), (source, target) =>
        direct(source, target),
      );
      expect({ leftBehind, uuid: dom.uuid }).toEqual({ leftBehind: null, uuid: world.dom.uuid });
      await expectFreeAt(world.b, world.a);
    }, 60_000);

    it('goes on with the memory that is there, and the rest follows', async () => {
      const { dom } = world;
      const flags = FLAGS | MIGRATE.POSTCOPY;
      const moving = direct(world.b, world.a, { flags, params: SLOWLY });
      await untilMoving(world.b);
      await world.b.migrate.startPostCopy({ dom });
      await world.hear(
        'lifecycle',
        ({ event, detail }) => event === LIFECYCLE.RESUMED && detail === RESUMED_DETAIL.POSTCOPY,
      );
      expect((await moving).leftBehind).toBeNull();
      await expectFreeAt(world.a, world.b);
      await world.awaken();
    }, 60_000);
  });
}
