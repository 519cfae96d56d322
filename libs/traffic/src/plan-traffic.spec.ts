import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shareOf, type Instance, type Shares, type TrafficSpec } from '@diecast/model';
import { instanceOfServer, serverName, type BalancerServer, type BalancerView } from './balancer.js';
import { isCarried, planTraffic, wishFor, type TrafficAction, type TrafficWish } from './plan-traffic.js';

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const traffic: TrafficSpec = { provider: 'haproxy', backend: 'web', port: 80 };

const machine = (change: Partial<Instance> = {}): Instance => ({
  id: idOf(1),
  service: 'web',
  iteration: 1,
  host: 'h1',
  status: 'available',
  statusReason: null,
  generation: 1,
  address: '10.0.0.1',
  mac: '52:54:00:00:00:01',
  healthy: true,
  inTraffic: false,
  restoredFrom: null,
  activeLayer: null,
  createdAt: new Date(0),
  assembledAt: null,
  availableAt: null,
  inTrafficAt: null,
  drainedAt: null,
  standbyAt: null,
  endedAt: null,
  served: null,
  ...change,
});
const server = (change: Partial<BalancerServer> = {}): BalancerServer => ({
  backend: 'web',
  name: serverName(idOf(1)),
  address: '10.0.0.1',
  port: 80,
  state: 'ready',
  weight: 100,
  requests: 0,
  served: { requests: 0, failures: 0 },
  secondsInState: 0,
  ...change,
});
const view = (...servers: readonly BalancerServer[]): BalancerView => ({
  backends: new Set(['web']),
  servers,
});
const wish = (change: Partial<Instance> = {}, share: number | null = null): TrafficWish =>
  wishFor(machine(change), traffic, 20, share);
const plan = (change: Partial<Instance>, ...servers: readonly BalancerServer[]): readonly TrafficAction[] =>
  planTraffic([wish(change)], view(...servers));

describe('the plan of traffic', () => {
  it('lets a machine in when it is available and healthy, and not before', () => {
    expect(plan({})).toMatchObject([{ kind: 'add', address: '10.0.0.1', port: 80, weight: 100 }]);
    expect(plan({}, server({ state: 'maint' }))).toMatchObject([{ kind: 'admit' }]);
    expect(plan({}, server())).toEqual([]);
    for (const status of ['pending', 'assembling', 'validating', 'draining'] as const) {
      expect(plan({ status })).toEqual([]);
    }
    expect(plan({ healthy: false })).toEqual([]);
    expect(plan({ address: null })).toEqual([]);
  });

  it('never lets in what was restored from a snapshot', () => {
    expect(plan({ restoredFrom: idOf(9) })).toEqual([]);
    expect(plan({ restoredFrom: idOf(9) }, server())).toMatchObject([{ kind: 'drain' }]);
  });

  it('gives a sick machine no new requests, and lets it back in when it is well, also when it is the last one', () => {
    expect(plan({ healthy: false }, server())).toMatchObject([
      { kind: 'drain', reason: 'it is not healthy' },
    ]);
    expect(plan({ healthy: true }, server({ state: 'drain', requests: 3 }))).toMatchObject([
      { kind: 'admit', reason: 'it is available and healthy' },
    ]);
  });

  it('lets the requests of a leaving machine end, but not for longer than its service allows', () => {
    const leaving = { status: 'draining' } as const;
    const draining = server({ state: 'drain', requests: 2, secondsInState: 19 });
    expect(plan(leaving, server())).toMatchObject([{ kind: 'drain', reason: 'it is draining' }]);
    expect(plan(leaving, draining)).toMatchObject([{ kind: 'wait' }]);
    expect(plan(leaving, { ...draining, requests: 0 })).toMatchObject([{ kind: 'remove', how: 'idle' }]);
    expect(plan(leaving, { ...draining, secondsInState: 20 })).toMatchObject([
      { kind: 'remove', how: 'now' },
    ]);
  });

  it('replaces the server of a machine that has another address or port', () => {
    const moved = { address: '10.0.0.2' };
    expect(plan(moved, server())).toMatchObject([{ kind: 'drain', reason: 'its machine is at 10.0.0.2:80' }]);
    expect(plan(moved, server({ state: 'drain' }))).toMatchObject([{ kind: 'remove' }]);
    expect(plan(moved)).toMatchObject([{ kind: 'add', address: '10.0.0.2' }]);
  });

  it('takes out servers of ours that no machine explains, and touches no other', () => {
    const foreign = ['static1', 'i-1', 'i-web', `i-${idOf(1)}x`].map((name) => server({ name }));
    expect(planTraffic([], view(...foreign, server()))).toMatchObject([
      { kind: 'drain', name: serverName(idOf(1)), reason: 'no machine explains it' },
    ]);
    expect(planTraffic([wish()], view(server(), server({ backend: 'other' })))).toMatchObject([
      { kind: 'drain', backend: 'other' },
    ]);
  });

  it('says of a backend that is missing that it is missing', () => {
    const [action] = planTraffic([wish()], { backends: new Set(), servers: [] });
    expect(action).toMatchObject({ kind: 'blocked', reason: 'the balancer has no backend web' });
  });

  describe('of shares', () => {
    const [old, fresh] = [{ id: idOf(1) }, { id: idOf(2), iteration: 2, address: '10.0.0.2' }];
    const oldServer = server();
    const freshServer = server({ name: serverName(idOf(2)), address: '10.0.0.2' });
    const divide = (shares: readonly [number, number], change: Partial<Instance> = {}) => [
      wish(old, shares[0]),
      wish({ ...fresh, ...change }, shares[1]),
    ];

    it('keeps a machine out whose iteration gets no requests', () => {
      expect(planTraffic(divide([100, 0]), view(oldServer))).toEqual([]);
    });

    it('switches in one plan: those that are to get the requests enter before the others yield', () => {
      expect(planTraffic(divide([0, 100]), view(oldServer))).toMatchObject([
        { kind: 'add', name: freshServer.name, weight: 100 },
        { kind: 'yield', name: oldServer.name, reason: 'iteration 1 gets no requests' },
      ]);
    });

    it('lets nobody yield while nobody can take the requests, or one that is to take them cannot yet', () => {
      const kept = [{ kind: 'wait', reason: expect.stringContaining('nobody else can take them yet') }];
      expect(planTraffic(divide([0, 100], { healthy: false }), view(oldServer))).toMatchObject(kept);
      const moved = { ...freshServer, address: '10.0.0.9' };
      expect(planTraffic(divide([0, 100]), view(oldServer, moved))).toMatchObject([
        ...kept,
        { kind: 'drain', name: freshServer.name },
      ]);
    });

    it('lets a sick or leaving machine go whoever is there, also when its iteration gets no requests', () => {
      for (const change of [{ healthy: false }, { status: 'draining' }, { status: 'standby' }] as const)
        expect(planTraffic([wish({ ...old, ...change }, 0)], view(oldServer))).toMatchObject([
          { kind: 'drain' },
        ]);
    });

    it('goes on with one that yields, and calls it back when its iteration gets requests again', () => {
      const yielding = { ...oldServer, state: 'drain', requests: 1 } as const;
      expect(planTraffic(divide([0, 100]), view(yielding, freshServer))).toMatchObject([{ kind: 'wait' }]);
      expect(planTraffic(divide([100, 0]), view(yielding, freshServer))).toMatchObject([
        { kind: 'admit', name: oldServer.name },
        { kind: 'yield', name: freshServer.name },
      ]);
    });

    it('changes the weights of those that stay when somebody enters or the parts change', () => {
      expect(planTraffic(divide([75, 25]), view(oldServer))).toMatchObject([
        { kind: 'add', name: freshServer.name, weight: 85 },
        { kind: 'weigh', name: oldServer.name, weight: 255 },
      ]);
      const weighed = [
        { ...oldServer, weight: 255 },
        { ...freshServer, weight: 85 },
      ];
      expect(planTraffic(divide([75, 25]), view(...weighed))).toEqual([]);
    });
  });
});

const numbers = fc.integer({ min: 1, max: 6 });
const machines = fc.uniqueArray(
  fc.record({
    id: numbers.map(idOf),
    status: fc.constantFrom('pending', 'validating', 'available', 'available', 'draining'),
    healthy: fc.boolean(),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', null),
    restoredFrom: fc.constantFrom(null, null, idOf(9)),
    iteration: fc.constantFrom(1, 2),
  }),
  { selector: ({ id }) => id, maxLength: 6 },
);
const divisions = fc.constantFrom<Shares | null>(null, { 1: 100 }, { 2: 100 }, { 1: 30, 2: 70 });
const servers = fc.uniqueArray(
  fc.record({
    name: fc.oneof(numbers.map(idOf).map(serverName), fc.constantFrom('static1', 'i-2')),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    state: fc.constantFrom('ready', 'drain', 'maint'),
    requests: fc.nat(3),
    secondsInState: fc.nat(30),
  }),
  { selector: ({ name }) => name, maxLength: 8 },
);
const worlds = fc.record({ machines, servers, shares: divisions }).map(({ machines, servers, shares }) => ({
  wishes: machines.map((each) => wish(each, shareOf(shares, each.iteration))),
  view: view(...servers.map((each) => server(each))),
}));

/** What a balancer becomes by a plan. */
function carryOut(actions: readonly TrafficAction[], { backends, servers }: BalancerView): BalancerView {
  let now = [...servers];
  const put = (action: TrafficAction, change: Partial<BalancerServer>): void => {
    now = now.map((each) => (each.name === action.name ? { ...each, secondsInState: 0, ...change } : each));
  };
  for (const action of actions) {
    if (action.kind === 'add') now.push(server({ ...action, state: 'ready' }));
    if (action.kind === 'admit') put(action, { state: 'ready', weight: action.weight });
    if (action.kind === 'weigh') put(action, { weight: action.weight });
    if (action.kind === 'drain' || action.kind === 'yield') put(action, { state: 'drain' });
    if (action.kind === 'remove') now = now.filter(({ name }) => name !== action.name);
  }
  return { backends, servers: now };
}

const later = ({ backends, servers }: BalancerView, seconds: number): BalancerView => ({
  backends,
  servers: servers.map((each) => ({ ...each, secondsInState: each.secondsInState + seconds })),
});

describe('any plan of traffic', () => {
  const hold = (property: (world: { wishes: readonly TrafficWish[]; view: BalancerView }) => void): void =>
    fc.assert(fc.property(worlds, property));

  it('leads to exactly the wished servers in traffic, within the time for draining, and then does nothing', () => {
    hold(({ wishes, view }) => {
      let now = view;
      for (let round = 0; round < 5; round += 1) now = later(carryOut(planTraffic(wishes, now), now), 30);
      const carried = now.servers.filter((each) => instanceOfServer(each.name) !== undefined);
      const taken = wishes.some((each) => each.at !== null);
      const before = new Set(view.servers.filter(({ state }) => state === 'ready').map(({ name }) => name));
      // Whose iteration gets no requests goes on while nobody else can take them.
      const kept = wishes.filter(({ yields, name }) => yields && !taken && before.has(name));
      const wished = [...wishes.filter((each) => each.at !== null), ...kept];
      expect(new Set(carried.map(({ name }) => name))).toEqual(new Set(wished.map(({ name }) => name)));
      for (const each of wished) {
        expect(carried).toContainEqual(
          expect.objectContaining({ name: each.name, ...each.at, state: 'ready' }),
        );
        expect(isCarried(each, now)).toBe(true);
      }
      expect(planTraffic(wishes, now).filter(({ kind }) => kind !== 'wait')).toEqual([]);
    });
  });

  it('leaves no backend without a server that gets requests because of shares', () => {
    hold(({ wishes, view }) => {
      const actions = planTraffic(wishes, view);
      if (!actions.some(({ kind }) => kind === 'yield')) return;
      const { servers } = carryOut(actions, view);
      const serving = servers.filter(({ name, state }) => state === 'ready' && instanceOfServer(name));
      const entitled = wishes.filter(({ at }) => at !== null).map(({ name }) => name);
      expect(serving.map(({ name }) => name).sort()).toEqual([...entitled].sort());
      expect(serving).not.toEqual([]);
    });
  });

  it('touches no server that is not ours', () => {
    hold(({ wishes, view }) => {
      for (const { name } of planTraffic(wishes, view)) expect(instanceOfServer(name)).toBeDefined();
    });
  });

  it('ends no request before its time, and takes nothing out that may still be given one', () => {
    hold(({ wishes, view }) => {
      for (const action of planTraffic(wishes, view)) {
        if (action.kind !== 'remove') continue;
        const there = view.servers.find(({ name }) => name === action.name);
        expect(there?.state).not.toBe('ready');
        if (action.how === 'idle') expect(there?.requests).toBe(0);
        else if (there?.state === 'drain') expect(there.secondsInState).toBeGreaterThanOrEqual(20);
      }
    });
  });

  it('lets in before it takes out, and says one thing of a server with its reason', () => {
    hold(({ wishes, view }) => {
      const actions = planTraffic(wishes, view);
      const enters = actions.map(({ kind }) => kind === 'add' || kind === 'admit');
      expect(enters.lastIndexOf(true)).toBe(enters.filter(Boolean).length - 1);
      expect(new Set(actions.map(({ name }) => name)).size).toBe(actions.length);
      for (const { reason } of actions) expect(reason).not.toBe('');
    });
  });
});
