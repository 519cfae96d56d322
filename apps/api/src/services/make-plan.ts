import { createHash } from 'node:crypto';
import { AppError, blobsOf, canonicalJson, type Image } from '@diecast/model';
import { previewRollout, type DeclarationSight, type RolloutPreview } from '@diecast/planning';
import type { Store } from '@diecast/store';
import type { Declaration } from './declaration.js';
import { planDeclaration, type Current, type Plan } from './plan.js';
import type { Site } from './site.js';

export type HashedPlan = Plan & RolloutPreview & { readonly hash: string };

type Wanted = { readonly declaration: Declaration; readonly image: Image };

/** What declaring it would do now. The hash is the same as long as that would be the same. */
export async function makePlan(store: Store, site: Site, name: string, wanted: Wanted): Promise<HashedPlan> {
  return (await look(store, site, name, wanted)).plan;
}

/** @throws AppError `plan_outdated` that says what has changed, when the hash is that of another plan */
export async function requirePlan(
  store: Store,
  site: Site,
  name: string,
  wanted: Wanted,
  hash: string,
): Promise<HashedPlan> {
  const { plan, parts } = await look(store, site, name, wanted);
  if (plan.hash === hash) return plan;
  throw outdated(
    name,
    parts.flatMap(({ now }, index) => (quarter(hash, index) === quarter(plan.hash, index) ? [] : [now])),
  );
}

export const outdated = (name: string, changed: readonly string[]): AppError =>
  new AppError(
    'plan_outdated',
    `The plan of service ${name} no longer holds: ${changed.join('; ') || 'the hash is none of a plan'}.`,
    { details: { changed } },
  );

async function look(store: Store, site: Site, name: string, wanted: Wanted) {
  const current = await findCurrent(store, name);
  const plan = planDeclaration(current, wanted.declaration);
  const sight = await readSight(store, site, name, wanted, current, plan);
  const preview = previewRollout(sight);
  const parts = partsOf(sight, current, preview);
  return { plan: { ...plan, ...preview, hash: hashOf(parts) }, parts };
}

async function findCurrent(store: Store, name: string): Promise<Current | null> {
  const service = await store.services.find(name);
  if (service === undefined || service.status === 'deleted') return null;
  return { service, iteration: await store.services.iteration(name, service.iteration) };
}

/** How many former rollouts are looked at: enough to tell how long one takes. */
const HISTORY = 20;

async function readSight(
  store: Store,
  { balancer }: Site,
  name: string,
  { declaration, image }: Wanted,
  current: Current | null,
  { change }: Plan,
): Promise<DeclarationSight> {
  const blobs = blobsOf(image.manifest);
  const files = [];
  for (const { digest } of blobs) files.push(...(await store.hostFiles.byOwner(digest)));
  const reserved = await store.instances.reserved();
  return {
    name,
    change,
    wanted: declaration,
    current: current && {
      service: current.service,
      memoryMiB: current.iteration.spec.machine.memoryMiB,
    },
    image,
    blobs,
    hosts: await store.hosts.all(),
    load: await store.instances.load(),
    machines: await store.instances.live({ service: name }),
    takenAddresses: reserved.flatMap(({ address }) => address ?? []),
    files,
    balancer,
    history: (await store.rollouts.list(name, { limit: HISTORY })).items,
  };
}

/** Something that decides, and how it is now in words. */
type Part = { readonly decides: unknown; readonly now: string };

/**
 * Not in it: what may change and brings about the same, such as free memory that no placement depends on, bytes that have
 * moved already, or how long it is expected to take.
 */
function partsOf(
  { name, wanted, hosts }: DeclarationSight,
  current: Current | null,
  { strategy, placements, blockers }: RolloutPreview,
): readonly Part[] {
  const states = hosts.map((host) => ({ name: host.name, status: host.status }));
  const places = placements.map(({ host }) => host);
  const { replicas, rollout, placement } = current?.service ?? {};
  return [
    { decides: { name, wanted }, now: 'another declaration was planned' },
    {
      decides: current && { base: current.iteration.specHash, replicas, rollout, placement },
      now:
        current === null
          ? 'there is no such service now'
          : `it is at iteration ${current.iteration.number} now`,
    },
    {
      decides: states,
      now: `hosts now: ${states.map((each) => `${each.name} ${each.status}`).join(', ') || 'none'}`,
    },
    {
      decides: { strategy, places, blockers: blockers.map(({ what }) => what) },
      now: `machines would go to ${places.map((place) => place ?? 'no host').join(', ') || 'no host'} now`,
    },
  ];
}

const QUARTER = 16;

/** Each part has a quarter of it: so a hash that no longer holds tells which one has changed. */
const hashOf = (parts: readonly Part[]): string =>
  `sha256:${parts.map(({ decides }) => sha256(decides).slice(0, QUARTER)).join('')}`;

const sha256 = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

const quarter = (hash: string, index: number): string =>
  hash.slice('sha256:'.length).slice(index * QUARTER, (index + 1) * QUARTER);
