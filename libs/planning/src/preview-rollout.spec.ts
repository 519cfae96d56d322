import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalJson,
  DEFAULT_ROLLOUT,
  MIB,
  type Host,
  type Instance,
  type Rollout,
  type RolloutSpec,
  type Service,
} from '@diecast/model';
import { digestOf, sampleFacts, sampleSpec } from '../../../test/harness/samples.js';
import { previewRollout } from './preview-rollout.js';
import type { DeclarationSight } from './preview-sight.js';

const MEMORY = 512;
/** Room for so many machines, beside what the host keeps. */
const hostFor = (name: string, machines: number, status: Host['status'] = 'ready'): Host => ({
  name,
  uri: '',
  migrationUri: null,
  status,
  statusReason: null,
  facts: {
    ...sampleFacts((256 + machines * MEMORY) * MIB),
    cpus: 8,
    pool: { ...sampleFacts(0).pool, availableBytes: 1e12 },
  },
  createdAt: new Date(0),
  lastSeenAt: null,
});

const machine = (index: number, host: string): Instance =>
  ({
    id: `m${index}`,
    iteration: 1,
    host,
    status: 'available',
    healthy: true,
    inTraffic: true,
    restoredFrom: null,
    createdAt: new Date(index),
    standbyAt: null,
    statusReason: null,
  }) as Partial<Instance> as Instance;

type Wish = Partial<RolloutSpec> & { readonly replicas?: number; readonly hosts?: readonly Host[] };

/** A service with all its machines, spread over the hosts, for which another iteration is declared. */
function sight({
  replicas = 2,
  hosts = [hostFor('a', 2), hostFor('b', 2)],
  ...rollout
}: Wish): DeclarationSight {
  const spec = sampleSpec(digestOf('image'), MEMORY);
  const settings = {
    replicas,
    rollout: { ...DEFAULT_ROLLOUT, ...rollout },
    placement: { hosts: [], spread: 'hosts' as const },
  };
  const machines = Array.from({ length: replicas }, (_, index) =>
    machine(index, hosts[index % hosts.length]?.name ?? ''),
  );
  const service = { ...settings, name: 'web', iteration: 1, shares: null } as Partial<Service> as Service;
  return {
    name: 'web',
    change: 'iteration',
    wanted: { spec, settings },
    current: { service, memoryMiB: MEMORY },
    image: { digest: digestOf('image'), status: 'proven', statusReason: null, sizeBytes: 1024 },
    blobs: [{ digest: digestOf('disk'), size: 1024 }],
    hosts,
    load: hosts.map(({ name }) => {
      const instances = machines.filter((each) => each.host === name).length;
      return { host: name, instances, memoryMiB: instances * MEMORY };
    }),
    machines,
    takenAddresses: [],
    files: [],
    balancer: false,
    history: [],
  };
}

const hostsOf = (wish: Wish) => previewRollout(sight(wish)).placements.map(({ host }) => host);
const blockersOf = (of: DeclarationSight) => previewRollout(of).blockers.map(({ what }) => what);

describe('the preview of a rollout', () => {
  it('says where each machine goes, as the old ones leave', () => {
    // The second one goes where the first one was: the old one on b leaves after it.
    expect(hostsOf({})).toEqual(['a', 'a']);
    expect(previewRollout(sight({})).surge).toEqual({
      machines: 3,
      sum: '2 replicas, 1 more while they are replaced',
      memoryMiB: MEMORY,
      addresses: null,
    });
  });

  it('finds a surge deadlock before it happens: full hosts, and nobody may leave', () => {
    const full = [hostFor('a', 1), hostFor('b', 1)];
    const { placements, blockers } = previewRollout(sight({ hosts: full }));
    expect(placements.map(({ host }) => host)).toEqual([null]);
    expect(blockers).toEqual([
      {
        what: 'room',
        why: 'no host can take machine 1 of 2 (512 MiB): a has 0 MiB free of the 512 MiB needed; b has 0 MiB free of the 512 MiB needed',
        remedy: 'Free memory on a host or add one, or permit maxUnavailable, so that an old one makes room.',
      },
    ]);
    // The remedy that it names is one.
    expect(blockersOf(sight({ hosts: full, maxUnavailable: 1 }))).toEqual([]);
  });

  it('needs room for two whole sets when it is blue-green, and for none more when it recreates', () => {
    expect(blockersOf(sight({ hosts: [hostFor('a', 2), hostFor('b', 1)], strategy: 'blueGreen' }))).toEqual([
      'room',
    ]);
    expect(hostsOf({ strategy: 'blueGreen' })).toEqual(['a', 'b']);
    expect(hostsOf({ hosts: [hostFor('a', 1), hostFor('b', 1)], strategy: 'recreate' })).toHaveLength(2);
  });

  it('lets machines on standby go where a cast finds no room', () => {
    const tight = [hostFor('a', 2), hostFor('b', 2)];
    expect(blockersOf(sight({ hosts: tight, replicas: 3, standbySeconds: 600 }))).toEqual([]);
  });

  it('says what else stands in the way', () => {
    const of = sight({});
    expect(blockersOf(sight({ hosts: [hostFor('a', 9, 'cordoned')] }))).toEqual(['hosts']);
    expect(blockersOf({ ...of, image: { ...of.image, status: 'revoked' } })).toEqual(['image']);
    const balanced = { ...of.wanted.spec.traffic, provider: 'haproxy' as const };
    const spec = { ...of.wanted.spec, traffic: balanced };
    expect(blockersOf({ ...of, wanted: { ...of.wanted, spec } })).toEqual(['balancer']);
    const addressing = {
      mode: 'static' as const,
      rangeStart: '192.0.2.10',
      rangeEnd: '192.0.2.12',
      prefix: 24,
      gateway: null,
    };
    const ranged = { ...of.wanted.spec, network: { ...of.wanted.spec.network, addressing } };
    const takenAddresses = ['192.0.2.10', '192.0.2.11', '192.0.2.12', '198.51.100.1'];
    expect(blockersOf({ ...of, wanted: { ...of.wanted, spec: ranged }, takenAddresses })).toEqual([
      'addresses',
    ]);
  });

  it('counts the bytes that each host lacks', () => {
    const of = sight({ strategy: 'blueGreen' });
    expect(previewRollout(of).images).toEqual([
      { host: 'a', bytes: 1024 },
      { host: 'b', bytes: 1024 },
    ]);
    const name = `sha256-${digestOf('disk').slice('sha256:'.length)}.blob`;
    const files = [
      { host: 'a', name, state: 'present' as const },
      { host: 'b', name, state: 'writing' as const },
    ];
    expect(previewRollout({ ...of, files }).images).toEqual([{ host: 'b', bytes: 1024 }]);
  });

  it('expects what former rollouts took, and nothing without one', () => {
    const rollout = (number: number, seconds: number): Rollout =>
      ({
        number,
        status: 'succeeded',
        notes: [{ at: '', action: 'cast', reason: '' }],
        startedAt: new Date(0),
        finishedAt: new Date(seconds * 1000),
      }) as Partial<Rollout> as Rollout;
    expect(previewRollout(sight({})).expected).toBeNull();
    const history = [rollout(3, 10), rollout(2, 90), rollout(1, 12)];
    expect(previewRollout({ ...sight({}), history }).expected).toEqual({
      seconds: 24,
      from: '2 machines, 12.0 s each: the median of rollouts 3, 2, 1',
    });
  });

  it('is the same for the same, whatever the order of hosts, and blocked exactly when it ends early', () => {
    const wish = fc.record({
      replicas: fc.integer({ min: 0, max: 6 }),
      maxSurge: fc.integer({ min: 0, max: 3 }),
      maxUnavailable: fc.integer({ min: 0, max: 3 }),
      strategy: fc.constantFrom('rolling', 'blueGreen', 'canary', 'recreate'),
      standbySeconds: fc.constantFrom(0, 60),
      rooms: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(wish, ({ rooms, ...rest }) => {
        fc.pre(rest.maxSurge + rest.maxUnavailable > 0);
        const hosts = rooms.map((room, index) => hostFor(`h${index}`, room));
        const of = sight({ ...rest, hosts });
        const preview = previewRollout(of);
        const turned = previewRollout({ ...of, hosts: hosts.toReversed() });
        expect(canonicalJson(turned)).toBe(canonicalJson(preview));
        const placed = preview.placements.filter(({ host }) => host !== null).length;
        expect(placed === rest.replicas).toBe(preview.blockers.length === 0);
      }),
    );
  });
});
