import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatIpv4 } from '@diecast/model';
import { specialRange } from './permitted-address.js';

const dotted = (first: number, last: number) => fc.integer({ min: first, max: last }).map(formatIpv4);
const special = fc.oneof(
  dotted(0x0a000000, 0x0affffff),
  dotted(0x7f000000, 0x7fffffff),
  dotted(0xa9fe0000, 0xa9feffff),
  dotted(0xac100000, 0xac1fffff),
  dotted(0xc0a80000, 0xc0a8ffff),
  dotted(0x64400000, 0x647fffff),
  dotted(0xe0000000, 0xffffffff),
  dotted(0, 0x00ffffff),
);
const asIpv6 = (address: string): readonly string[] => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const tail = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  return [`::ffff:${tail}`, `::ffff:${address}`, `::${tail}`, `64:ff9b::${tail}`, `2002:${tail}::1`];
};

describe('an address that an import may reach', () => {
  it('is never private, loopback, link-local, shared, multicast or unspecified, in whatever clothes (SPEC-IMG-6)', () => {
    fc.assert(
      fc.property(special, (address) => {
        expect(specialRange(address)).toBeDefined();
        for (const clothed of asIpv6(address))
          expect([clothed, specialRange(clothed)]).not.toContain(undefined);
      }),
    );
    for (const address of [
      '::1',
      '::',
      'fe80::1',
      'fe80::1%eth0',
      'fd00::1',
      'fec0::1',
      'ff02::1',
      'localhost',
    ])
      expect([address, specialRange(address)]).not.toContain(undefined);
  });

  it('may be any other', () => {
    for (const address of ['1.1.1.1', '151.101.2.132', '2a04:4e42::644', '2606:4700:4700::1111'])
      expect([address, specialRange(address)]).toEqual([address, undefined]);
    expect(specialRange('::ffff:1.1.1.1')).toBe('ipv4Mapped');
  });
});
