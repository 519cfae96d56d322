import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type Digest, type Image } from '@diecast/model';
import { complete } from './declaration.js';
import { HIDDEN, hideUserData, planDeclaration, type Current } from './plan.js';
import type { DeclareService } from './services.dto.js';

const digest: Digest = `sha256:${'a'.repeat(64)}`;
const manifest = { firmware: 'bios', name: 'web', version: '1' } as Image['manifest'];
const image = { digest, manifest } as Image;

const wanted = {
  image: 'web',
  machine: { vcpus: 1, memoryMiB: 128 },
  network: { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } },
  health: { kind: 'http', port: 80 },
} satisfies DeclareService;

/** The service as it is after it was declared so. */
function declared(body: DeclareService): Current {
  const { spec, settings } = complete('web', body, image);
  const now = new Date(0);
  return {
    service: {
      ...settings,
      name: 'web',
      iteration: 4,
      status: 'active',
      shares: null,
      createdAt: now,
      updatedAt: now,
    },
    iteration: { service: 'web', number: 4, specHash: 'x', spec, knownGoodAt: null, createdAt: now },
  };
}
const plan = (before: DeclareService | null, after: DeclareService) =>
  planDeclaration(before && declared(before), complete('web', after, image));

describe('the plan of a declaration', () => {
  it('for a new service names every field', () => {
    const made = plan(null, wanted);
    expect(made).toMatchObject({
      change: 'created',
      fromIteration: null,
      toIteration: null,
      startsRollout: true,
    });
    expect(made.changes).toContainEqual({ path: 'spec.machine.memoryMiB', from: null, to: 128 });
    expect(made.changes).toContainEqual({ path: 'replicas', from: null, to: 1 });
  });

  it('is nothing for the same again, also when defaults are said', () => {
    const said: DeclareService = {
      ...wanted,
      replicas: 1,
      sandbox: { profile: 'default' },
      placement: { hosts: [] },
    };
    expect(plan(wanted, said)).toEqual({
      change: 'none',
      changes: [],
      fromIteration: 4,
      toIteration: 4,
      startsRollout: false,
    });
  });

  it('cuts an iteration for another machine', () => {
    expect(plan(wanted, { ...wanted, machine: { vcpus: 2, memoryMiB: 128 } })).toEqual({
      change: 'iteration',
      changes: [{ path: 'spec.machine.vcpus', from: 1, to: 2 }],
      fromIteration: 4,
      toIteration: null,
      startsRollout: true,
    });
  });

  it('casts machines for more replicas, and none for other settings', () => {
    expect(plan(wanted, { ...wanted, replicas: 2 })).toMatchObject({
      change: 'settings',
      changes: [{ path: 'replicas', from: 1, to: 2 }],
      toIteration: 4,
      startsRollout: true,
    });
    expect(plan(wanted, { ...wanted, rollout: { drainSeconds: 1 } })).toMatchObject({
      change: 'settings',
      startsRollout: false,
    });
  });

  it('takes hosts in any order for the same wish', () => {
    const [one, other] = [
      ['b', 'a'],
      ['a', 'b', 'a'],
    ].map((hosts) => ({ ...wanted, placement: { hosts } }));
    expect(plan(one ?? wanted, other ?? wanted).change).toBe('none');
  });

  it('never tells what machines are told', () => {
    const secret = (text: string): DeclareService => ({
      ...wanted,
      userData: { credentials: { token: text }, cloudInit: { userData: text } },
    });
    const made = plan(secret('hunter2'), secret('hunter3'));
    expect(made.change).toBe('iteration');
    expect(made.changes.map(({ path }) => path)).toEqual([
      'spec.userData.cloudInit.userData',
      'spec.userData.credentials.token',
    ]);
    expect(canonicalJson(made)).not.toContain('hunter');
    expect(hideUserData(declared(secret('hunter2')).iteration.spec.userData)).toEqual({
      cloudInit: { userData: HIDDEN },
      credentials: { token: HIDDEN },
    });
  });

  it('is nothing exactly when what is stored would be the same', () => {
    const body = fc.record({
      replicas: fc.integer({ min: 0, max: 3 }),
      machine: fc.record({ vcpus: fc.integer({ min: 1, max: 2 }), memoryMiB: fc.constantFrom(128, 256) }),
      userData: fc.record({
        credentials: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y')),
      }),
      rollout: fc.record({ maxSurge: fc.integer({ min: 1, max: 2 }) }),
    });
    fc.assert(
      fc.property(body, body, (one, other) => {
        const [before, after] = [
          { ...wanted, ...one },
          { ...wanted, ...other },
        ];
        const same =
          canonicalJson(complete('web', before, image)) === canonicalJson(complete('web', after, image));
        expect(plan(before, after).change === 'none').toBe(same);
      }),
    );
  });
});
