import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstFreeAddress, formatIpv4 } from '@diecast/model';
import { networkProblems, toNetwork } from './network.js';
import type { AddressingBody, NetworkBody } from './network.dto.js';

const range = { mode: 'static', rangeStart: '192.0.2.10', rangeEnd: '192.0.2.19', prefix: 24 } as const;
const on = (addressing: AddressingBody, name = 'br0'): NetworkBody => ({ kind: 'bridge', name, addressing });
const need = (machines: number) => ({ machines, sum: 'so many' });
const pathsOf = (addressing: AddressingBody, machines = 1): readonly string[] =>
  networkProblems(on(addressing), 'network', need(machines)).map(({ path }) =>
    path.replace('network.addressing.', ''),
  );

describe('a network', () => {
  it('has nothing wrong when its range and gateway are in it', () => {
    expect(pathsOf({ ...range, gateway: '192.0.2.1' }, 10)).toEqual([]);
    expect(toNetwork(on(range)).addressing).toEqual({ ...range, gateway: null });
  });

  it.each<readonly [string, AddressingBody, readonly string[]]>([
    ['whose range is turned round', { ...range, rangeEnd: '192.0.2.9' }, ['rangeEnd']],
    ['whose range begins with the network itself', { ...range, rangeStart: '192.0.2.0' }, ['rangeStart']],
    ['whose range ends with the broadcast', { ...range, rangeEnd: '192.0.2.255' }, ['rangeEnd']],
    ['whose range leaves it', { ...range, rangeEnd: '192.0.3.5' }, ['rangeEnd']],
    ['whose gateway is elsewhere', { ...range, gateway: '198.51.100.1' }, ['gateway']],
    ['whose gateway is in the range', { ...range, gateway: '192.0.2.12' }, ['gateway']],
    ['without a range', { mode: 'static' }, ['rangeStart', 'rangeEnd', 'prefix']],
    ['that asks DHCP and has a range', { ...range, mode: 'dhcp' }, ['rangeStart', 'rangeEnd', 'prefix']],
  ])('%s is refused by the field', (_, addressing, paths) => {
    expect(pathsOf(addressing)).toEqual(paths);
  });

  it('needs room for all machines at once', () => {
    const [problem] = networkProblems(on(range), 'network', need(11));
    expect(problem).toEqual({
      path: 'network.addressing.rangeEnd',
      message: 'leaves room for 10 machines; 11 may be there at once (so many)',
    });
  });

  it('may not have the name of a bridge that Linux cannot have', () => {
    const [problem] = networkProblems(on({ mode: 'dhcp' }, 'a-bridge-too-long'), 'network', need(1));
    expect(problem?.path).toBe('network.name');
  });

  it('without a problem has an address for every machine, and never its gateway', () => {
    const address = fc.integer({ min: 0xc0_00_02_00, max: 0xc0_00_02_ff }).map(formatIpv4);
    const sample = fc.record({
      rangeStart: address,
      rangeEnd: address,
      gateway: fc.option(address),
      prefix: fc.integer({ min: 22, max: 30 }),
      machines: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(sample, ({ machines, ...rest }) => {
        const network = on({ mode: 'static', ...rest });
        if (networkProblems(network, 'network', need(machines)).length > 0) return;
        const taken = new Set<string>();
        for (let machine = 0; machine < machines; machine += 1) {
          const free = firstFreeAddress(rest, taken);
          expect(free).toBeDefined();
          expect(free).not.toBe(rest.gateway);
          taken.add(free ?? '');
        }
      }),
    );
  });
});
