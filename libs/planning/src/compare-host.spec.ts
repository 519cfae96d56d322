import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { INSTANCE_STATES, PROOF_SERVICE, type Instance, type InstanceStatus } from '@diecast/model';
import { compareHost, type MachineSeen } from './compare-host.js';

const instance = (id: string, change: Partial<Instance> = {}): Instance => ({
  id,
  service: 'web',
  iteration: 1,
  host: 'h1',
  status: 'available',
  statusReason: null,
  generation: 1,
  address: null,
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
const machine = (
  id: string,
  change: Partial<MachineSeen> = {},
  generation = 1,
  service = 'web',
): MachineSeen => ({
  uuid: id,
  name: `diecast-web-1-${id}`,
  state: 'running',
  identity: { instanceId: id, service, generation },
  ...change,
});
const NOBODY: ReadonlySet<string> = new Set();
const compare = (
  machines: readonly MachineSeen[],
  instances: readonly Instance[],
  busy: ReadonlySet<string> = NOBODY,
) => compareHost({ host: 'h1', machines, instances, busy });

describe('a look at a host', () => {
  it('finds nothing when every machine is what the store says', () => {
    expect(compare([machine('a'), machine('b')], [instance('a'), instance('b')])).toEqual([]);
  });

  it('says of an available instance without a machine that it is gone, and of one whose machine ended how', () => {
    expect(compare([machine('b', { state: 'crashed' })], [instance('a'), instance('b')])).toEqual([
      { kind: 'gone', instanceId: 'a', reason: 'Its machine is gone from host h1.' },
      { kind: 'gone', instanceId: 'b', reason: 'Its machine on host h1 is crashed.' },
    ]);
  });

  it('wants a machine in standby there and standing still (SPEC-INST-5)', () => {
    const standby = ['a', 'b', 'c', 'd'].map((id) => instance(id, { status: 'standby', healthy: false }));
    const seen = [
      machine('a', { state: 'paused' }),
      machine('b'),
      machine('c', { state: 'shutoff' }),
      machine('e'),
    ];
    expect(compare(seen, [...standby, instance('e', { status: 'standby' })], new Set(['e']))).toEqual([
      { kind: 'awake', instanceId: 'b', reason: 'Its machine on host h1 runs, and is in standby.' },
      { kind: 'gone', instanceId: 'c', reason: 'Its machine on host h1 is shutoff.' },
      { kind: 'gone', instanceId: 'd', reason: 'Its machine is gone from host h1.' },
    ]);
  });

  it('leaves alone what is made, moved or ended at this moment', () => {
    expect(compare([], [instance('a', { status: 'validating' }), instance('b')], new Set(['b']))).toEqual([]);
    expect(compare([], [instance('a', { host: 'h2' })])).toEqual([]);
    expect(compare([machine('x')], [], new Set(['x']))).toEqual([]);
  });

  it('finds strays: unknown, ended, and of a generation that no longer counts', () => {
    const found = compare(
      [machine('a'), machine('b'), machine('c'), machine('d')],
      [
        instance('b', { status: 'discontinued' }),
        instance('c', { status: 'failed' }),
        instance('d', { generation: 2, host: 'h2' }),
      ],
    );
    expect(found.map((each) => [each.instanceId, each.kind, each.reason])).toEqual([
      ['a', 'stray', 'no instance explains it'],
      ['b', 'stray', 'its instance is discontinued'],
      ['c', 'stray', 'its instance is failed'],
      ['d', 'stray', 'it is of generation 1, and generation 2 counts, on host h2'],
    ]);
  });

  it('never touches what is not ours, what only says that it is, and what proves an image', () => {
    const foreign = machine('f', { identity: null });
    const copied = machine('g', { identity: { instanceId: 'other', service: 'web', generation: 1 } });
    const proof = machine('p', {}, 1, PROOF_SERVICE);
    expect(compare([foreign, copied, proof], [instance('q', { service: PROOF_SERVICE })])).toEqual([]);
  });

  it('finds nothing about what an operation works on or about what runs as it should', () => {
    const id: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd');
    const row = fc.record({
      id,
      status: fc.constantFrom(...(Object.keys(INSTANCE_STATES) as InstanceStatus[])),
      generation: fc.integer({ min: 1, max: 3 }),
      host: fc.constantFrom('h1', 'h2', null),
    });
    const seen = fc.record({
      id,
      generation: fc.integer({ min: 1, max: 3 }),
      state: fc.constantFrom('running', 'paused', 'shutoff', 'crashed'),
    });
    const unique = { selector: (each: { readonly id: string }) => each.id };
    fc.assert(
      fc.property(
        fc.uniqueArray(row, unique),
        fc.uniqueArray(seen, unique),
        fc.uniqueArray(id),
        (rows, domains, busy) => {
          const found = compare(
            domains.map(({ id: uuid, generation, state }) => machine(uuid, { state }, generation)),
            rows.map(({ id: of, ...change }) => instance(of, change)),
            new Set(busy),
          );
          expect(found.filter(({ instanceId }) => busy.includes(instanceId))).toEqual([]);
          for (const { kind, instanceId } of found) {
            const own = rows.find((each) => each.id === instanceId);
            if (kind === 'awake') expect(own).toMatchObject({ status: 'standby', host: 'h1' });
            if (kind !== 'gone') continue;
            expect(own?.host).toBe('h1');
            expect(['available', 'standby']).toContain(own?.status);
          }
          const runsAsItShould = domains.filter(({ id: uuid, generation, state }) => {
            const own = rows.find((each) => each.id === uuid);
            return own?.status === 'available' && generation >= own.generation && state === 'running';
          });
          for (const { id: uuid } of runsAsItShould)
            expect(found.map(({ instanceId }) => instanceId)).not.toContain(uuid);
        },
      ),
    );
  });
});
