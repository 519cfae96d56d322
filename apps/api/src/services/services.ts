import { createHash } from 'node:crypto';
import { invalid } from '@diecast/platform';
import { AppError, canonicalJson, isOperationOver, type Operation, type Service } from '@diecast/model';
import type { ServiceQueries, Store } from '@diecast/store';
import { startOperation } from '../operations/start-operation.js';
import { complete, declarationProblems, type Declaration } from './declaration.js';
import { planDeclaration, type Current, type Plan } from './plan.js';
import type { DeclareService } from './services.dto.js';

/** What this installation has. */
export type Site = { readonly balancer: boolean };

export type Declared = Awaited<ReturnType<ServiceQueries['declare']>>;

/**
 * Another spec than before cuts an iteration and starts a rollout to it; the same again changes nothing.
 * @throws AppError `invalid`, `not_found`, `image_unproven`, `image_revoked`, `unsupported`, `conflict`
 */
export function declareService(
  store: Store,
  site: Site,
  name: string,
  wanted: DeclareService,
  by: string,
): Promise<Declared> {
  return store.transaction(async (inside) => {
    const { spec, settings } = await check(inside, site, name, wanted);
    return inside.services.declare(name, spec, settings, by);
  });
}

async function check(store: Store, site: Site, name: string, wanted: DeclareService): Promise<Declaration> {
  const problems = declarationProblems(name, wanted);
  if (problems.length > 0) throw invalid(problems);
  if (wanted.traffic?.provider === 'haproxy' && !site.balancer) {
    throw new AppError(
      'unsupported',
      'traffic.provider is haproxy, but no HAProxy is configured here: set DIECAST_HAPROXY_SOCKET, or leave traffic out.',
    );
  }
  // Better no lock than one that is only a word in a specification.
  if (wanted.sandbox?.profile === 'strict') {
    throw new AppError(
      'unsupported',
      'sandbox.profile strict is not built yet: leave sandbox out, or say default.',
    );
  }
  for (const host of wanted.placement?.hosts ?? []) await store.hosts.require(host);
  return complete(name, wanted, await store.images.resolve(wanted.image));
}

export type HashedPlan = Plan & { readonly hash: string };

/** What declaring it would do; nothing is written. The hash is the same as long as that would be the same. */
export async function planService(
  store: Store,
  site: Site,
  name: string,
  wanted: DeclareService,
): Promise<HashedPlan> {
  const declaration = await check(store, site, name, wanted);
  const current = await findCurrent(store, name);
  const plan = planDeclaration(current, declaration);
  const base = current === null ? null : current.iteration.specHash;
  const text = canonicalJson({ name, base, plan, declaration });
  return { ...plan, hash: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}

async function findCurrent(store: Store, name: string): Promise<Current | null> {
  const service = await store.services.find(name);
  if (service === undefined || service.status === 'deleted') return null;
  return { service, iteration: await store.services.iteration(name, service.iteration) };
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
