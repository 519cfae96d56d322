import { describe, expect, it } from '@jest/globals';
import { shareOf, type RolloutSpec } from '@diecast/model';
import fc from 'fast-check';
import { membersOf, planService, type ServiceView } from './index.js';
import { randomFrom, RolloutWorld, type Pace } from '../../../test/harness/rollout-world.js';

const UNEVEN: Pace = { boot: [2, 9], leave: [1, 6], startPeriod: 15 };

type Wish = Partial<RolloutSpec> &
  Pick<RolloutSpec, 'strategy' | 'maxSurge' | 'maxUnavailable'> & {
    readonly replicas: number;
  };

/** Every strategy, with nothing in it that only a person ends. */
const settings: fc.Arbitrary<Wish> = fc
  .record({
    replicas: fc.integer({ min: 0, max: 5 }),
    strategy: fc.constantFrom<RolloutSpec['strategy'][]>(
      'rolling',
      'rolling',
      'blueGreen',
      'canary',
      'recreate',
    ),
    maxSurge: fc.integer({ min: 0, max: 3 }),
    maxUnavailable: fc.integer({ min: 0, max: 3 }),
    batch: fc.constantFrom(null, null, 1, 2),
    order: fc.constantFrom('spread', 'oldest'),
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }),
    bakeSeconds: fc.constantFrom(0, 0, 10),
    standbySeconds: fc.constantFrom(0, 30, 300),
    automaticRollback: fc.boolean(),
  })
  .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0)
  .map(({ weights, strategy, ...wish }) => ({
    ...wish,
    strategy,
    steps:
      strategy === 'canary'
        ? weights.toSorted((a, b) => a - b).map((weight) => ({ weight, pauseSeconds: 5 }))
        : [],
    brakePercent: 100,
  }));

const floorOf = ({ strategy, replicas, maxUnavailable }: Wish): number =>
  strategy === 'recreate' ? 0 : Math.max(0, replicas - maxUnavailable);
/** During a rollout; without one a replacement may be one more. */
const ceilingOf = ({ strategy, replicas, maxSurge }: Wish, inRollout: boolean): number => {
  if (strategy === 'recreate') return replicas;
  if (strategy === 'blueGreen') return Math.max(2 * replicas, replicas + maxSurge, replicas + 1);
  return replicas + (inRollout && strategy === 'rolling' ? maxSurge : Math.max(1, maxSurge));
};

type Event =
  | { readonly type: 'pass'; readonly seconds: number }
  | { readonly type: 'declare'; readonly broken: boolean }
  | { readonly type: 'rollBack' }
  | { readonly type: 'scale'; readonly replicas: number }
  | { readonly type: 'kill' | 'sicken' | 'heal'; readonly which: number }
  | { readonly type: 'silent' | 'dark' | 'back'; readonly which: number };

const passing = fc.record({ type: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 25 }) });
const declaring = fc.record({ type: fc.constant('declare' as const), broken: fc.boolean() });
const rollingBack = fc.record({ type: fc.constant('rollBack' as const) });
const scaling = fc.record({ type: fc.constant('scale' as const), replicas: fc.integer({ min: 0, max: 5 }) });
const harm = fc.record({
  type: fc.constantFrom('kill' as const, 'sicken' as const, 'heal' as const),
  which: fc.nat(9),
});
const hosts = fc.record({
  type: fc.constantFrom('silent' as const, 'dark' as const, 'back' as const),
  which: fc.nat(2),
});

function happen(world: RolloutWorld, event: Event): void {
  const pick = <T>(items: readonly T[], which: number): T | undefined => items[which % items.length];
  if (event.type === 'declare') world.declare(event.broken);
  if (event.type === 'scale') world.scale(event.replicas);
  if (event.type === 'rollBack') {
    const { other } = world.view().knownGood;
    if (other !== null) world.rollTo(other, 'rollback');
  }
  if (event.type === 'kill' || event.type === 'sicken' || event.type === 'heal') {
    const id = pick([...world.instances.keys()], event.which);
    if (id === undefined) return;
    if (event.type === 'kill') world.kill(id);
    else world.setHealth(id, event.type === 'heal');
  }
  if (event.type === 'silent' || event.type === 'dark' || event.type === 'back') {
    const host = pick([...world.hosts.keys()], event.which);
    if (host === undefined) return;
    world.setHost(host, event.type === 'back' ? 'ready' : 'unreachable');
    if (event.type !== 'silent') world.setHealthOn(host, event.type === 'back');
  }
}

/** Looks once a second, as the controller does, and calls `check` before the plan's actions begin. */
function pass(
  world: RolloutWorld,
  seconds: number,
  check: (view: ServiceView, world: RolloutWorld) => void,
): void {
  for (let second = 0; second < seconds; second += 1) {
    check(world.view(), world);
    world.look();
    world.pass(1);
  }
}

const serves = (world: RolloutWorld): number =>
  [...world.instances.values()].filter(
    ({ status, healthy, iteration }) =>
      status === 'available' && healthy && shareOf(world.shares, iteration) !== 0,
  ).length;
/** Rows of machines that are not paused, and casts that have no row yet. */
const exist = (world: RolloutWorld): number =>
  [...world.instances.values()].filter(({ standbyAt }) => standbyAt === null).length +
  world.works.filter(({ kind, instanceId }) => kind === 'create' && !world.instances.has(instanceId)).length;

/** What one plan may never do, counted from what the planner was shown and not by its own means. */
function checkPlan(view: ServiceView, world: RolloutWorld): void {
  const plan = planService(view, world.now);
  const { replicas, rollout, shares } = view.service;
  const wish = { ...rollout, replicas };
  const isAway = (host: string | null): boolean => host !== null && view.hosts.get(host) !== 'ready';
  const rows = new Map(view.fleet.instances.map((instance) => [instance.id, instance]));
  const isReady = (id: string): boolean => {
    const row = rows.get(id);
    const hasShare = row !== undefined && shareOf(shares, row.iteration) !== 0;
    return hasShare && row.status === 'available' && row.healthy && !view.fleet.busy.has(id);
  };
  const ready = [...rows.keys()].filter(isReady).length;
  const goes = [...plan.discontinue, ...plan.park].map(({ instanceId }) => instanceId);
  const readyGo = goes.filter(isReady).length;
  if (readyGo > 0) expect(ready - readyGo).toBeGreaterThanOrEqual(floorOf(wish));

  const counted = [...rows.values()].filter(
    (row) =>
      row.status !== 'failed' &&
      (row.standbyAt === null || view.fleet.waking.has(row.id)) &&
      (!isAway(row.host) || (row.status === 'available' && row.healthy)),
  ).length;
  const unplaced = view.fleet.coming.filter(({ id }) => !rows.has(id)).length;
  if (plan.cast.length > 0)
    expect(counted + unplaced + plan.cast.length).toBeLessThanOrEqual(ceilingOf(wish, view.rollout !== null));

  const parts = Object.values(plan.shares ?? {}).filter((percent) => percent > 0);
  const to = String(view.rollout?.toIteration);
  if (
    rollout.strategy === 'blueGreen' &&
    view.rollout?.trigger === 'declared' &&
    (plan.shares?.[to] ?? 0) > 0
  )
    expect(parts).toHaveLength(1);
  if (plan.shares !== null) expect(parts.reduce((sum, percent) => sum + percent, 0)).toBe(100);

  expect(new Set(goes).size).toBe(goes.length);
  for (const id of goes) {
    expect(view.fleet.busy.has(id)).toBe(false);
    expect(isAway(rows.get(id)?.host ?? null)).toBe(false);
  }
  const deeds = [...plan.callOff, ...plan.fail, ...plan.discontinue, ...plan.park, ...plan.resume];
  const reasons = [...plan.cast, ...deeds, ...plan.wait];
  for (const { reason } of reasons) expect(reason).not.toBe('');
}

/** Long enough for every pause, deadline and window to pass. */
function rest(world: RolloutWorld): void {
  pass(world, 300, () => undefined);
  for (let round = 0; round < 300; round += 1) {
    world.look();
    world.pass(10);
  }
}

describe('the plan of a service', () => {
  it('keeps at least replicas - maxUnavailable available and at most replicas + maxSurge in existence (SPEC-ROLL-2)', () => {
    fc.assert(
      fc.property(
        settings,
        fc.array(fc.oneof(passing, declaring, rollingBack), { minLength: 3, maxLength: 12 }),
        fc.nat(),
        (wish, events, seed) => {
          const world = new RolloutWorld(wish, UNEVEN, randomFrom(seed), true);
          pass(world, 60, () => undefined);
          expect(serves(world)).toBe(wish.replicas);
          const watch = (): void => {
            expect(serves(world)).toBeGreaterThanOrEqual(floorOf(wish));
            // What was paused may be woken beside what it takes over from.
            const woken = wish.standbySeconds === 0 ? 0 : wish.replicas;
            expect(exist(world)).toBeLessThanOrEqual(ceilingOf(wish, world.rollout !== null) + woken);
          };
          for (const event of events) {
            happen(world, event);
            pass(world, event.type === 'pass' ? event.seconds : 1, watch);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never breaks a bound by what it does, whatever happens to machines and hosts', () => {
    fc.assert(
      fc.property(
        settings,
        fc.array(fc.oneof(passing, passing, declaring, rollingBack, scaling, harm, harm, hosts), {
          minLength: 10,
          maxLength: 30,
        }),
        fc.nat(),
        (wish, events, seed) => {
          const world = new RolloutWorld(wish, UNEVEN, randomFrom(seed), true);
          pass(world, 30, checkPlan);
          for (const event of events) {
            happen(world, event);
            pass(world, event.type === 'pass' ? event.seconds : 1, checkPlan);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('comes to rest with all replicas serving when no new trouble comes and an iteration is good', () => {
    const after = fc.record({ heals: fc.boolean(), lost: fc.constantFrom('h1', null) });
    fc.assert(
      fc.property(
        settings,
        fc.array(fc.oneof(passing, passing, declaring, rollingBack, scaling, harm, harm, hosts), {
          minLength: 10,
          maxLength: 30,
        }),
        fc.nat(),
        after,
        (wish, events, seed, { heals, lost }) => {
          const world = new RolloutWorld(wish, UNEVEN, randomFrom(seed), true);
          pass(world, 60, () => undefined);
          for (const event of events) {
            happen(world, event);
            pass(world, event.type === 'pass' ? event.seconds : 1, () => undefined);
          }
          for (const host of world.hosts.keys()) world.setHost(host, host === lost ? 'unreachable' : 'ready');
          if (heals) for (const id of world.instances.keys()) world.setHealth(id, true);
          if (lost !== null) world.setHealthOn(lost, false);
          rest(world);
          const left = [...world.instances.values()].filter(({ host }) => host !== lost);
          expect(world.rollout).toBeNull();
          expect(world.works.filter(({ instanceId }) => left.some(({ id }) => id === instanceId))).toEqual(
            [],
          );
          const isGood = world.goodAt.has(world.iteration);
          // Of a service that never had an iteration that worked, nothing good can be run.
          if (!isGood && world.view().knownGood.other === null) return;
          expect(left.filter(({ status, healthy }) => status !== 'available' || !healthy)).toEqual([]);
          expect(left).toHaveLength(world.replicas);
          expect(world.shares === null || world.shares[world.iteration] === 100 || !isGood).toBe(true);
          if (isGood) expect(new Set(left.map(({ iteration }) => iteration)).size).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('is the same whatever the order in which machines are told', () => {
    fc.assert(
      fc.property(
        settings,
        fc.array(fc.oneof(passing, passing, declaring, harm, hosts), { minLength: 6, maxLength: 20 }),
        fc.nat(),
        (wish, events, seed) => {
          const world = new RolloutWorld(wish, UNEVEN, randomFrom(seed), true);
          const same = (view: ServiceView): void => {
            const instances = view.fleet.instances.toReversed();
            const coming = view.fleet.coming.toReversed();
            const told = { ...view, fleet: { ...view.fleet, instances, coming } };
            expect(planService(told, world.now)).toEqual(planService(view, world.now));
          };
          for (const event of events) {
            happen(world, event);
            pass(world, event.type === 'pass' ? event.seconds : 1, same);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('stops booting a broken first iteration, and begins again with the next declaration', () => {
    const world = new RolloutWorld({ replicas: 2 });
    world.broken.add(1);
    pass(world, 3600, () => undefined);
    expect(world.endings).toEqual([{ number: 1, how: 'failed' }]);
    expect(exist(world)).toBe(0);
    const plan = world.look();
    expect(plan.cast).toEqual([]);
    expect(plan.wait.map(({ reason }) => reason).join()).toContain('declare another');
    world.declare();
    pass(world, 60, () => undefined);
    expect(serves(world)).toBe(2);
  });

  it('counts a machine whose iteration has traffic only when it is in traffic', () => {
    const world = new RolloutWorld({ replicas: 1 });
    pass(world, 20, () => undefined);
    const view = world.view();
    const inTraffic = { ...view, fleet: { ...view.fleet, withTraffic: new Set([1]) } };
    expect(membersOf(view.fleet, null).map(({ standing }) => standing)).toEqual(['ready']);
    expect(membersOf(inTraffic.fleet, null).map(({ standing }) => standing)).toEqual(['starting']);
    expect(planService(inTraffic, world.now).discontinue).toEqual([]);
  });

  it('leaves a sick machine alone while its host has missed a look, and replaces it all the same', () => {
    const world = new RolloutWorld({ replicas: 1 });
    pass(world, 20, () => undefined);
    const [sick] = world.instances.values();
    if (sick?.host == null) throw new Error('there is no machine');
    world.setHealth(sick.id, false);
    world.quiet.add(sick.host);
    pass(world, 30, () => undefined);
    expect(serves(world)).toBe(1);
    expect(world.instances.get(sick.id)?.status).toBe('available');
    world.quiet.clear();
    pass(world, 30, () => undefined);
    expect(world.instances.has(sick.id)).toBe(false);
  });

  it('blames no canary, and brakes no repair, for a host that has missed a look', () => {
    const steps = [{ weight: 30, pauseSeconds: 60 }];
    const world = new RolloutWorld({ replicas: 3, strategy: 'canary', steps });
    pass(world, 20, () => undefined);
    world.declare();
    pass(world, 10, () => undefined);
    expect(world.rollout?.stage?.name).toBe('canary');
    for (const { id, iteration, host } of world.instances.values()) {
      if (iteration !== 2 || host === null) continue;
      world.setHealth(id, false);
      world.quiet.add(host);
    }
    expect(planService(world.view(), world.now).verdict).toEqual({ outcome: 'continue' });
    world.quiet.clear();
    expect(planService(world.view(), world.now).verdict).toMatchObject({ outcome: 'rollBack', to: 1 });

    const steady = new RolloutWorld({ replicas: 3 });
    pass(steady, 60, () => undefined);
    for (const host of ['h1', 'h2']) {
      steady.quiet.add(host);
      steady.setHealthOn(host, false);
    }
    const saysBrake = (): boolean =>
      planService(steady.view(), steady.now).wait.some(({ reason }) => reason.includes('more than 50 %'));
    expect(saysBrake()).toBe(false);
    steady.quiet.clear();
    expect(saysBrake()).toBe(true);
  });

  it('takes a machine for starting, and not for sick, until the operation that makes it is over', () => {
    const world = new RolloutWorld({ replicas: 1 });
    pass(world, 20, () => undefined);
    const [instance] = world.instances.values();
    if (instance === undefined) throw new Error('there is no machine');
    const { fleet, ...view } = world.view();
    const coming = [{ id: instance.id, iteration: 1, since: world.now, mayCallOff: true }];
    const instances = [{ ...instance, healthy: false }];
    const made = { ...fleet, instances, coming, busy: new Set([instance.id]) };
    expect(planService({ ...view, fleet: made }, world.now).cast).toEqual([]);
    expect(planService({ ...view, fleet: { ...made, coming: [] } }, world.now).cast).toHaveLength(1);
  });

  it('does nothing for a service that is being deleted', () => {
    const view = new RolloutWorld({ replicas: 3 }).view();
    const plan = planService({ ...view, service: { ...view.service, status: 'deleting' } }, new Date(0));
    expect([...plan.cast, ...plan.discontinue, ...plan.wait]).toEqual([]);
  });
});
