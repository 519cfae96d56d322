import { AppError, formatBytes, MIB, type Accelerator, type Host } from '@diecast/model';

/** What a machine needs of a host. */
export type PlacementRequest = {
  readonly service: string;
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** Room that its disk layer may come to need in the pool. */
  readonly diskBytes: number;
  /** Only hosts with this accelerator; absent means any. */
  readonly accelerator?: Accelerator;
  /** Only hosts whose own CPU is of this model; absent means any. */
  readonly cpuModel?: string;
  /** Only these hosts; empty means any. */
  readonly allowedHosts: readonly string[];
  readonly spread: 'hosts' | 'none';
  /** Hosts that the machine shall not go to, such as the one it leaves. */
  readonly avoid: readonly string[];
};

/** A host and what is already promised on it. */
export type HostRoom = {
  readonly host: Host;
  readonly reservedMemoryMiB: number;
  /** Live instances on it. */
  readonly instances: number;
  /** Live instances of the service on it, without those in standby. */
  readonly ofService: number;
  readonly poolAvailableBytes: number;
};

export type Refusal = { readonly host: string; readonly reason: string };
export type Placement = {
  readonly host: string | null;
  /** Higher is better; comparable within one call only. 0 when no host was chosen. */
  readonly score: number;
  readonly reason: string;
  /** Every host that cannot take the machine, by name. */
  readonly refused: readonly Refusal[];
};

const LEAST_RESERVE_MIB = 256;
const RESERVE_SHARE = 0.05;
/** More than any host has MiB, so that spreading always weighs more than free memory. */
const SPREAD_WEIGHT = 1_000_000_000;

const STATUS_REASONS = {
  ready: null,
  cordoned: 'is cordoned',
  draining: 'is being drained',
  unreachable: 'does not answer',
  fenced: 'is fenced',
} as const satisfies Record<Host['status'], string | null>;

/** MiB that machines may have on the host and nobody has yet; the host keeps 256 MiB or 5 %, whichever is more. */
export function freeMemoryMiB({
  host,
  reservedMemoryMiB,
}: Pick<HostRoom, 'host' | 'reservedMemoryMiB'>): number {
  const total = Math.floor((host.facts?.memoryBytes ?? 0) / MIB);
  const reserve = Math.max(LEAST_RESERVE_MIB, Math.ceil(total * RESERVE_SHARE));
  return Math.max(0, total - reserve - reservedMemoryMiB);
}

/** The best host for a machine, and a reason against every host that cannot take it. The same input, the same answer. */
export function place(request: PlacementRequest, hosts: readonly HostRoom[]): Placement {
  const sorted = [...hosts].sort((a, b) => compareText(a.host.name, b.host.name));
  const refused: Refusal[] = [];
  let best: { readonly room: HostRoom; readonly score: number } | undefined;
  for (const room of sorted) {
    const against = reasonsAgainst(request, room);
    const score = scoreOf(request, room);
    if (against.length > 0) refused.push({ host: room.host.name, reason: against.join(', ') });
    else if (best === undefined || score > best.score) best = { room, score };
  }
  if (best === undefined) {
    const reason = hosts.length === 0 ? 'no host is registered' : 'no host can take it';
    return { host: null, score: 0, reason, refused };
  }
  return { host: best.room.host.name, score: best.score, reason: reasonFor(request, best.room), refused };
}

/**
 * @throws AppError `no_capacity` when no host can take the machine; the message and `details.refused` say why for
 *   each host
 */
export function requirePlacement(
  request: PlacementRequest,
  hosts: readonly HostRoom[],
): Placement & { readonly host: string } {
  const placement = place(request, hosts);
  if (placement.host !== null) return { ...placement, host: placement.host };
  const needs = `${request.memoryMiB} MiB, ${count(request.vcpus, 'vCPU')}`;
  const reasons = placement.refused.map(({ host, reason }) => `${host} ${reason}`).join('; ');
  throw new AppError(
    'no_capacity',
    `No host can take a machine of ${request.service} (${needs}): ${reasons || placement.reason}.`,
    { details: { refused: placement.refused } },
  );
}

function reasonsAgainst(request: PlacementRequest, room: HostRoom): readonly string[] {
  const { host } = room;
  const status = STATUS_REASONS[host.status];
  if (request.allowedHosts.length > 0 && !request.allowedHosts.includes(host.name)) {
    return ["is not in the placement's hosts"];
  }
  if (request.avoid.includes(host.name)) return ['is to be avoided'];
  if (status !== null) return [status];
  if (host.facts === null) return ['has not been looked at yet'];
  const { accelerator, cpuModel, cpus } = host.facts;
  const free = freeMemoryMiB(room);
  const against: string[] = [];
  if (request.accelerator !== undefined && accelerator !== request.accelerator) {
    against.push(`has ${accelerator}, not the ${request.accelerator} needed`);
  }
  if (request.cpuModel !== undefined && cpuModel !== request.cpuModel) {
    against.push(`has a ${cpuModel} CPU, not the ${request.cpuModel} needed`);
  }
  if (cpus < request.vcpus) against.push(`has ${count(cpus, 'CPU')} of the ${request.vcpus} needed`);
  if (free < request.memoryMiB) against.push(`has ${free} MiB free of the ${request.memoryMiB} MiB needed`);
  if (room.poolAvailableBytes < request.diskBytes) {
    const available = formatBytes(room.poolAvailableBytes);
    against.push(`has ${available} free in its pool of the ${formatBytes(request.diskBytes)} needed`);
  }
  return against;
}

/** Names decide between equal scores: hosts are looked at in their order. */
const scoreOf = (request: PlacementRequest, room: HostRoom): number =>
  freeMemoryMiB(room) - (request.spread === 'hosts' ? room.ofService * SPREAD_WEIGHT : 0);

function reasonFor(request: PlacementRequest, room: HostRoom): string {
  const left = `${freeMemoryMiB(room) - request.memoryMiB} MiB stay free`;
  if (request.spread === 'none') return `${left}, the most of all hosts`;
  const others = room.ofService === 0 ? 'no machine' : count(room.ofService, 'machine');
  return `it has ${others} of ${request.service}, the fewest, and ${left}`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
