import {
  formatIpv4,
  parseIpv4,
  type AddressingSpec,
  type FieldError,
  type NetworkSpec,
} from '@diecast/model';
import type { AddressingBody, NetworkBody } from './network.dto.js';

const STATIC_FIELDS = ['rangeStart', 'rangeEnd', 'prefix', 'gateway'] as const;
/** IFNAMSIZ of Linux, without the closing zero. */
const LONGEST_BRIDGE = 15;

/** Machines that may need an address at the same time, and in words what makes them so many. */
export type AddressNeed = { readonly machines: number; readonly sum: string };

/**
 * What no field can say of itself.
 * @param path of the network in the request
 */
export function networkProblems(
  network: NetworkBody,
  path: string,
  need: AddressNeed,
): readonly FieldError[] {
  const problems =
    network.addressing.mode === 'dhcp'
      ? dhcpProblems(network.addressing)
      : staticProblems(network.addressing, need);
  const addressing = problems.map((problem) => ({
    path: `${path}.addressing.${problem.path}`,
    message: problem.message,
  }));
  const tooLong = network.kind === 'bridge' && network.name.length > LONGEST_BRIDGE;
  return tooLong
    ? [
        { path: `${path}.name`, message: `must be at most ${LONGEST_BRIDGE} characters for a bridge` },
        ...addressing,
      ]
    : addressing;
}

const dhcpProblems = (addressing: AddressingBody): readonly FieldError[] =>
  STATIC_FIELDS.filter((field) => addressing[field] !== undefined).map((field) => ({
    path: field,
    message: 'is only for the mode static',
  }));

function staticProblems(addressing: AddressingBody, { machines, sum }: AddressNeed): readonly FieldError[] {
  const { rangeStart, rangeEnd, prefix } = addressing;
  if (rangeStart === undefined || rangeEnd === undefined || prefix === undefined) {
    return (['rangeStart', 'rangeEnd', 'prefix'] as const)
      .filter((field) => addressing[field] === undefined)
      .map((field) => ({ path: field, message: 'is missing: the mode static needs it' }));
  }
  const start = numberOf(rangeStart);
  const end = numberOf(rangeEnd);
  if (start > end) return [{ path: 'rangeEnd', message: `must not be before rangeStart, ${rangeStart}` }];

  const size = 2 ** (32 - prefix);
  const network = start - (start % size);
  const [first, last] = [network + 1, network + size - 2];
  const inside = `from ${formatIpv4(first)} to ${formatIpv4(last)}, in the network of ${rangeStart}/${prefix}`;
  const problems: FieldError[] = [];
  if (start < first) problems.push({ path: 'rangeStart', message: `must be ${inside}` });
  if (end > last) problems.push({ path: 'rangeEnd', message: `must be ${inside}` });
  if (addressing.gateway != null) {
    const gateway = numberOf(addressing.gateway);
    if (gateway < first || gateway > last) problems.push({ path: 'gateway', message: `must be ${inside}` });
    else if (gateway >= start && gateway <= end)
      problems.push({ path: 'gateway', message: 'must be outside of the range, which is for machines' });
  }
  const room = end - start + 1;
  if (room < machines) {
    const message = `leaves room for ${room} machines; ${machines} may be there at once (${sum})`;
    problems.push({ path: 'rangeEnd', message });
  }
  return problems;
}

/** Of text that its field has held to be an address. */
const numberOf = (text: string): number => parseIpv4(text) ?? 0;

/** Of a network without problems. */
export const toNetwork = ({ kind, name, addressing }: NetworkBody): NetworkSpec => ({
  kind,
  name,
  addressing: toAddressing(addressing),
});

function toAddressing({ mode, rangeStart, rangeEnd, prefix, gateway }: AddressingBody): AddressingSpec {
  return mode === 'static' && rangeStart !== undefined && rangeEnd !== undefined && prefix !== undefined
    ? { mode: 'static', rangeStart, rangeEnd, prefix, gateway: gateway ?? null }
    : { mode: 'dhcp' };
}
