import type { PreviewedPlacement } from './preview-placements.js';
import type { DeclarationSight, Surge } from './preview-sight.js';

/** Something that keeps a declaration from being brought about, now. */
export type Blocker = {
  readonly what: 'image' | 'balancer' | 'hosts' | 'room' | 'addresses';
  readonly why: string;
  readonly remedy: string;
};

/** Everything at once, so that nobody finds one after the other. */
export function findBlockers(
  sight: DeclarationSight,
  surge: Surge,
  placements: readonly PreviewedPlacement[],
  freeAddresses: number | null,
): readonly Blocker[] {
  const { name, change } = sight;
  if (change === 'none') return [];
  return [
    ...imageBlockers(sight),
    ...balancerBlockers(sight),
    ...placeBlockers(sight, placements),
    ...addressBlockers(name, surge, freeAddresses),
  ];
}

function imageBlockers({ change, image }: DeclarationSight): readonly Blocker[] {
  const { digest, status, statusReason } = image;
  if (change === 'settings' || status === 'proven' || status === 'deprecated') return [];
  const why = `image ${digest} is ${status}${statusReason === null ? '' : `: ${statusReason}`}`;
  return status === 'candidate' || status === 'importing'
    ? [{ what: 'image', why, remedy: 'Prove it first: POST /v1/images/{digest}/prove.' }]
    : [{ what: 'image', why, remedy: 'Declare another image.' }];
}

function balancerBlockers({ wanted, balancer }: DeclarationSight): readonly Blocker[] {
  if (wanted.spec.traffic.provider !== 'haproxy' || balancer) return [];
  return [
    {
      what: 'balancer',
      why: 'traffic.provider is haproxy, and no HAProxy is configured here',
      remedy: 'Set DIECAST_HAPROXY_SOCKET, or leave traffic out.',
    },
  ];
}

function placeBlockers(
  { hosts, wanted }: DeclarationSight,
  placements: readonly PreviewedPlacement[],
): readonly Blocker[] {
  const refused = placements.find(({ host }) => host === null);
  if (refused === undefined) return [];
  const { hosts: allowed } = wanted.settings.placement;
  const eligible = hosts.filter(({ name }) => allowed.length === 0 || allowed.includes(name));
  const against = refused.refused.map(({ host, reason }) => `${host} ${reason}`).join('; ');
  if (!eligible.some(({ status }) => status === 'ready'))
    return [
      {
        what: 'hosts',
        why: eligible.length === 0 ? 'no host is registered' : `no host takes new machines: ${against}`,
        remedy: 'Register a host, or uncordon one: POST /v1/hosts/{name}/uncordon.',
      },
    ];
  const { maxUnavailable } = wanted.settings.rollout;
  const narrower = maxUnavailable === 0 ? ', or permit maxUnavailable, so that an old one makes room' : '';
  return [
    {
      what: 'room',
      why: `no host can take machine ${placements.length} of ${wanted.settings.replicas} (${wanted.spec.machine.memoryMiB} MiB): ${against}`,
      remedy: `Free memory on a host or add one${narrower}.`,
    },
  ];
}

function addressBlockers(name: string, { addresses }: Surge, free: number | null): readonly Blocker[] {
  if (addresses === null || free === null || addresses <= free) return [];
  return [
    {
      what: 'addresses',
      why: `${addresses} more addresses may be needed at once, and ${free} of the range are free`,
      remedy: `Widen network.addressing, or give service ${name} less surge.`,
    },
  ];
}
