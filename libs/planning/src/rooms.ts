import type { Host, Instance, IterationSpec, ServiceSettings } from '@diecast/model';
import type { HostRoom, PlacementRequest } from './placement.js';

/** What machines have been promised on a host, as the store counts it. */
export type HostLoad = { readonly host: string; readonly memoryMiB: number; readonly instances: number };

/** Every host with what is promised on it, as placement wants it. @param ofService live machines of the service */
export function roomsOf(
  hosts: readonly Host[],
  load: readonly HostLoad[],
  ofService: readonly Pick<Instance, 'host' | 'status'>[],
): readonly HostRoom[] {
  return hosts.map((host) => {
    const here = load.find((each) => each.host === host.name);
    return {
      host,
      reservedMemoryMiB: here?.memoryMiB ?? 0,
      instances: here?.instances ?? 0,
      // One in standby takes its room, but serves nobody: it is not what machines are spread against.
      ofService: ofService.filter(({ host: on, status }) => on === host.name && status !== 'standby').length,
      poolAvailableBytes: host.facts?.pool.availableBytes ?? 0,
    };
  });
}

/** What is asked of the hosts for one machine of a service. */
export type PlacementWish = {
  readonly placement?: ServiceSettings['placement'];
  /** Only this host; null: what `placement` says. */
  readonly only?: string | null;
  readonly avoid?: readonly string[];
  readonly diskBytes: number;
};

export function placementOf(
  service: string,
  { machine }: Pick<IterationSpec, 'machine'>,
  { placement, only = null, avoid = [], diskBytes }: PlacementWish,
): PlacementRequest {
  return {
    service,
    memoryMiB: machine.memoryMiB,
    vcpus: machine.vcpus,
    diskBytes,
    allowedHosts: only === null ? (placement?.hosts ?? []) : [only],
    spread: placement?.spread ?? 'hosts',
    avoid,
  };
}
