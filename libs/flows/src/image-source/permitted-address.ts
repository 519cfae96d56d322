import ipaddr from 'ipaddr.js';

/** What the Internet's registries give out to anybody (RFC 4291, IANA): every other IPv6 address is special in some way. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why an address is none of the public Internet, in one word of the registries (`loopback`, `private`, `ipv4Mapped` …);
 * undefined when it is one. An IPv4 address in the clothes of an IPv6 one is special: nobody needs it to fetch an image.
 */
export function specialRange(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range !== 'unicast') return range;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST) ? undefined : 'reserved';
}
