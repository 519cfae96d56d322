import { invalid } from '@diecast/platform';
import { AppError, isOperationOver, type Image, type Operation, type Service } from '@diecast/model';
import type { ServiceQueries, Store } from '@diecast/store';
import { startOperation } from '../operations/start-operation.js';
import { complete, declarationProblems, type Declaration } from './declaration.js';
import { makePlan, outdated, requirePlan, type HashedPlan } from './make-plan.js';
import type { Plan } from './plan.js';
import type { DeclareService } from './services.dto.js';
import type { Site } from './site.js';

export type { Site } from './site.js';

export type Declared = Awaited<ReturnType<ServiceQueries['declare']>>;

/** What is declared, whole, and the image that it names. */
export type Checked = { readonly declaration: Declaration; readonly image: Image };

/**
 * Another spec than before cuts an iteration and starts a rollout to it; the same again changes nothing.
 * @param plan hash of the plan that must still hold; undefined: whatever it brings about is wanted
 * @throws AppError `invalid`, `not_found`, `image_unproven`, `image_revoked`, `unsupported`, `conflict`, `plan_outdated`
 */
export function declareService(
  store: Store,
  site: Site,
  name: string,
  wanted: DeclareService,
  by: string,
  plan?: string,
): Promise<Declared> {
  return store.transaction(async (inside) => {
    const checked = await checkDeclaration(inside, name, wanted);
    requireBalancer(site, wanted);
    const held = plan === undefined ? null : await requirePlan(inside, site, name, checked, plan);
    const { spec, settings } = checked.declaration;
    const declared = await inside.services.declare(name, spec, settings, by);
    // Somebody may have declared it since it was looked at: from here on nobody can.
    if (held !== null && !isAsPlanned(held, declared)) throw outdated(name, ['it was declared meanwhile']);
    return declared;
  });
}

const isAsPlanned = ({ change, fromIteration }: Plan, declared: Declared): boolean =>
  declared.change === change &&
  (declared.rollout === null || declared.rollout.fromIteration === fromIteration);

/** @throws AppError `invalid`, `not_found`, `unsupported` */
export async function checkDeclaration(store: Store, name: string, wanted: DeclareService): Promise<Checked> {
  const problems = declarationProblems(name, wanted);
  if (problems.length > 0) throw invalid(problems);
  // Better no lock than one that is only a word in a specification.
  if (wanted.sandbox?.profile === 'strict') {
    throw new AppError(
      'unsupported',
      'sandbox.profile strict is not built yet: leave sandbox out, or say default.',
    );
  }
  for (const host of wanted.placement?.hosts ?? []) await store.hosts.require(host);
  const image = await store.images.resolve(wanted.image);
  return { declaration: complete(name, wanted, image), image };
}

function requireBalancer(site: Site, wanted: DeclareService): void {
  if (wanted.traffic?.provider !== 'haproxy' || site.balancer) return;
  throw new AppError(
    'unsupported',
    'traffic.provider is haproxy, but no HAProxy is configured here: set DIECAST_HAPROXY_SOCKET, or leave traffic out.',
  );
}

/** What declaring it would do, at one moment; nothing is written. @throws as checkDeclaration */
export function planService(
  store: Store,
  site: Site,
  name: string,
  wanted: DeclareService,
): Promise<HashedPlan> {
  return store.look(async (inside) =>
    makePlan(inside, site, name, await checkDeclaration(inside, name, wanted)),
  );
}

/** @throws AppError `not_found` also when it was deleted: what is left of it is history */
export async function requireService(store: Store, name: string): Promise<Service> {
  const service = await store.services.require(name);
  if (service.status !== 'deleted') return service;
  throw new AppError('not_found', `There is no service ${name}: it was deleted.`);
}

/** @param iteration null: the last known-good one other than the current */
export async function rollBackService(
  store: Store,
  name: string,
  iteration: number | null,
  by: string,
): Promise<Operation> {
  await requireService(store, name);
  return (await store.services.rollBack(name, iteration, 'rollback', by)).operation;
}

/** Its machines are discontinued, then it is gone. A deletion that is on its way is found, not started twice. */
export function deleteService(store: Store, name: string, by: string): Promise<Operation> {
  return store.transaction(async (inside) => {
    const service = await requireService(inside, name);
    const resources = [{ type: 'service', id: name }] as const;
    if (service.status === 'deleting') {
      const { items } = await inside.operations.list({
        kind: 'service.delete',
        resource: resources[0],
        limit: 1,
      });
      const [newest] = items;
      if (newest && !isOperationOver(newest.status)) return newest;
    }
    await inside.services.markDeleting(name);
    return startOperation(inside, { kind: 'service.delete', input: { service: name }, resources, by });
  });
}
