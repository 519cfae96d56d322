import { describe, expect, it } from '@jest/globals';
import { AppError, GIB, type Host } from '@diecast/model';
import { place, requirePlacement, type HostRoom, type PlacementRequest } from './placement.js';

const host = (name: string, change: Partial<Host> = {}): Host => ({
  name,
  uri: `qemu+tls://${name}/system`,
  migrationUri: null,
  status: 'ready',
  statusReason: null,
  facts: {
    hostname: name,
    hostUuid: '11111111-1111-4111-8111-111111111111',
    libvirtVersion: '9.0.0',
    qemuVersion: '7.2.0',
    architecture: 'x86_64',
    cpuModel: 'EPYC',
    cpuXml: '',
    cpus: 4,
    memoryBytes: GIB,
    accelerator: 'tcg',
    acceleratorReason: '',
    securityModels: [],
    pool: { name: 'diecast', path: '/pool', capacityBytes: 10 * GIB, availableBytes: 5 * GIB },
  },
  createdAt: new Date(0),
  lastSeenAt: null,
  ...change,
});
const room = (name: string, change: Partial<HostRoom> = {}, hostChange: Partial<Host> = {}): HostRoom => ({
  host: host(name, hostChange),
  reservedMemoryMiB: 0,
  instances: 0,
  ofService: 0,
  poolAvailableBytes: 5 * GIB,
  ...change,
});
const request: PlacementRequest = {
  service: 'web',
  memoryMiB: 128,
  vcpus: 1,
  diskBytes: GIB,
  allowedHosts: [],
  spread: 'hosts',
  avoid: [],
};

describe('placement', () => {
  it('spreads a service before it looks at free memory', () => {
    const rooms = [room('a', { ofService: 1 }), room('b', { reservedMemoryMiB: 500 })];
    expect(place(request, rooms).host).toBe('b');
    expect(place({ ...request, spread: 'none' }, rooms).host).toBe('a');
  });

  it('chooses the same whatever the order of the hosts', () => {
    const rooms = [room('c'), room('a'), room('b')];
    expect(place(request, rooms)).toEqual(place(request, rooms.toReversed()));
    expect(place(request, rooms).host).toBe('a');
  });

  it('gives a reason against every host that it refuses (SPEC-PLACE-1)', () => {
    const rooms = [
      room('away', {}, { status: 'unreachable' }),
      room('full', { reservedMemoryMiB: 700 }),
      room('small', { poolAvailableBytes: 1000 }),
      room('used'),
    ];
    const { host: chosen, refused } = place({ ...request, avoid: ['used'] }, rooms);
    expect(chosen).toBeNull();
    expect(refused).toEqual([
      { host: 'away', reason: 'does not answer' },
      { host: 'full', reason: 'has 68 MiB free of the 128 MiB needed' },
      { host: 'small', reason: 'has 1000 B free in its pool of the 1.0 GiB needed' },
      { host: 'used', reason: 'is to be avoided' },
    ]);
  });

  it('refuses with every reason in one sentence', () => {
    expect(() => requirePlacement(request, [room('a', {}, { status: 'cordoned' })])).toThrow(
      new AppError('no_capacity', 'No host can take a machine of web (128 MiB, 1 vCPU): a is cordoned.'),
    );
  });
});
