import { blobFileName, parseIpv4, type RolloutStrategy } from '@diecast/model';
import type { DeclarationSight, Surge } from './preview-sight.js';
import { findBlockers, type Blocker } from './preview-blockers.js';
import { previewPlacements, type PreviewedPlacement } from './preview-placements.js';
import { expectSeconds, type Expectation } from './preview-seconds.js';
import { placementOf, roomsOf } from './rooms.js';
import { roomNeeded } from './room-needed.js';
import type { ServiceView } from './service-plan.js';
import { setCourse } from './set-course.js';

export type RolloutPreview = {
  readonly strategy: RolloutStrategy;
  readonly surge: Surge;
  readonly placements: readonly PreviewedPlacement[];
  /** What each host lacks of the image. */
  readonly images: readonly { readonly host: string; readonly bytes: number }[];
  /** Null: there is no history to tell from. */
  readonly expected: Expectation | null;
  readonly blockers: readonly Blocker[];
};

/** What declaring would do to machines and hosts, and what stands in its way. The same input, the same answer. */
export function previewRollout(sight: DeclarationSight): RolloutPreview {
  const { name, wanted, image, change } = sight;
  const view = viewOf(sight);
  const course = setCourse(view);
  const casts = castsOf(sight);
  const request = placementOf(name, wanted.spec, {
    placement: wanted.settings.placement,
    diskBytes: image.sizeBytes,
  });
  const { placements, peak } = previewPlacements({
    view,
    course,
    request,
    casts,
    rooms: roomsOf(sight.hosts, sight.load, sight.machines),
    memoryMiB: sight.current?.memoryMiB ?? wanted.spec.machine.memoryMiB,
  });
  const surge = surgeOf(sight, casts, peak);
  return {
    strategy: course.strategy,
    surge,
    placements,
    images: change === 'none' ? [] : bytesToMove(sight, placements),
    expected: expectSeconds(sight.history, casts),
    blockers: findBlockers(sight, surge, placements, freeAddresses(sight)),
  };
}

/** The service in the first moment of the rollout. */
function viewOf({ name, change, wanted, current, machines, hosts }: DeclarationSight): ServiceView {
  const { replicas, rollout } = wanted.settings;
  const from = current?.service.iteration ?? null;
  // A number that no machine has yet.
  const next = Math.max(0, from ?? 0, ...machines.map(({ iteration }) => iteration)) + 1;
  const to = change === 'iteration' || from === null ? next : from;
  const shares = current?.service.shares ?? null;
  return {
    service: { name, iteration: to, replicas, rollout, shares, status: 'active' },
    rollout:
      change === 'none'
        ? null
        : {
            number: 0,
            fromIteration: from,
            toIteration: to,
            trigger: change === 'settings' ? 'scale' : 'declared',
            stage: null,
            pausedAt: null,
            resumedAt: null,
            promotions: 0,
            findings: [],
            startedAt: NEVER,
          },
    settledAt: null,
    fleet: {
      instances: machines,
      coming: [],
      busy: new Set(),
      waking: new Set(),
      withTraffic: new Set(),
    },
    hosts: new Map(hosts.map((host) => [host.name, host.status])),
    quiet: new Set(),
    attempts: [],
    knownGood: { current: false, other: null },
  };
}

const NEVER = new Date(0);

function castsOf({ change, wanted, current }: DeclarationSight): number {
  const { replicas } = wanted.settings;
  if (change === 'none') return 0;
  return change === 'settings' ? Math.max(0, replicas - (current?.service.replicas ?? 0)) : replicas;
}

function surgeOf({ change, wanted, machines }: DeclarationSight, casts: number, peak: number): Surge {
  const { settings, spec } = wanted;
  const isStatic = spec.network.addressing.mode === 'static';
  // Only a new iteration replaces anything; the bounds say how many that may be, and the machines how many there are.
  const need = change === 'iteration' ? roomNeeded(settings) : null;
  const most = need === null ? Math.max(machines.length, peak) : need.machines;
  const missing = Math.min(need === null ? casts : settings.replicas, Math.max(0, most - machines.length));
  return {
    machines: most,
    sum: need?.sum ?? roomNeeded({ ...settings, rollout: { ...settings.rollout, ...ALONE } }).sum,
    memoryMiB: missing * spec.machine.memoryMiB,
    addresses: isStatic ? missing : null,
  };
}

const ALONE = { strategy: 'recreate', standbySeconds: 0 } as const;

function bytesToMove(
  { blobs, files }: DeclarationSight,
  placements: readonly PreviewedPlacement[],
): RolloutPreview['images'] {
  const hosts = [...new Set(placements.flatMap(({ host }) => host ?? []))].toSorted();
  const present = new Set(
    files.flatMap(({ host, name, state }) => (state === 'present' ? `${host} ${name}` : [])),
  );
  return hosts.flatMap((host) => {
    const missing = blobs.filter(({ digest }) => !present.has(`${host} ${blobFileName(digest)}`));
    const bytes = missing.reduce((sum, { size }) => sum + size, 0);
    return bytes === 0 ? [] : [{ host, bytes }];
  });
}

/** Of the range that is declared; null: the network gives them. */
function freeAddresses({ wanted, takenAddresses }: DeclarationSight): number | null {
  const { addressing } = wanted.spec.network;
  if (addressing.mode !== 'static') return null;
  const [start, end] = [parseIpv4(addressing.rangeStart) ?? 0, parseIpv4(addressing.rangeEnd) ?? -1];
  const taken = takenAddresses.filter((text) => {
    const address = parseIpv4(text) ?? -1;
    return address >= start && address <= end;
  });
  return end - start + 1 - new Set(taken).size;
}
