import type { Host, Instance, IterationSpec, ServiceSettings } from '@diecast/model';
import { requirePlacement, type HostRoom } from '@diecast/planning';
import type { Store } from '@diecast/store';

/** Every host with what is promised on it, as placement wants it. */
export async function readRooms(store: Store, service: string): Promise<readonly HostRoom[]> {
  const [hosts, load, ofService] = await Promise.all([
    store.hosts.all(),
    store.instances.load(),
    store.instances.live({ service }),
  ]);
  return hosts.map((host) => roomOf(host, load, ofService));
}

function roomOf(
  host: Host,
  load: Awaited<ReturnType<Store['instances']['load']>>,
  ofService: readonly Instance[],
): HostRoom {
  const here = load.find((each) => each.host === host.name);
  return {
    host,
    reservedMemoryMiB: here?.memoryMiB ?? 0,
    instances: here?.instances ?? 0,
    // One in standby takes its room, but serves nobody: it is not what machines are spread against.
    ofService: ofService.filter(({ host: on, status }) => on === host.name && status !== 'standby').length,
    poolAvailableBytes: host.facts?.pool.availableBytes ?? 0,
  };
}

/** @throws AppError `no_capacity` with the reason against every host */
export async function chooseHost(
  store: Store,
  service: string,
  spec: IterationSpec,
  wish: {
    readonly placement?: ServiceSettings['placement'];
    readonly only?: string | null;
    readonly avoid?: readonly string[];
    readonly diskBytes: number;
  },
): Promise<string> {
  const only = wish.only ?? null;
  return requirePlacement(
    {
      service,
      memoryMiB: spec.machine.memoryMiB,
      vcpus: spec.machine.vcpus,
      diskBytes: wish.diskBytes,
      allowedHosts: only === null ? (wish.placement?.hosts ?? []) : [only],
      spread: wish.placement?.spread ?? 'hosts',
      avoid: wish.avoid ?? [],
    },
    await readRooms(store, service),
  ).host;
}
