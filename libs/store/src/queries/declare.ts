import { sql, type Kysely } from 'kysely';
import {
  AppError,
  canonicalJson,
  PROOF_SERVICE,
  type Digest,
  type Iteration,
  type IterationSpec,
  type Service,
  type ServiceSettings,
} from '@diecast/model';
import type { Database } from '../database/schema.js';
import { json, lockName, sha256, type Change } from '../database/session.js';
import type { ServiceQueries } from '../store.js';
import { startRollout } from './rollout-start.js';
import { findIteration, tellService, toIteration, toService } from './service-rows.js';

type Declaration = {
  readonly name: string;
  readonly spec: IterationSpec;
  readonly settings: ServiceSettings;
  readonly createdBy: string;
};
type Declared = Awaited<ReturnType<ServiceQueries['declare']>>;

/** Held by name, because a service that does not exist yet has no row to lock. */
export async function declare(change: Change, wanted: Declaration): Promise<Declared> {
  if (wanted.name === PROOF_SERVICE) {
    throw new AppError('invalid', `The name ${PROOF_SERVICE} is kept for machines that prove images.`, {
      errors: [{ path: 'name', message: `must be another name than ${PROOF_SERVICE}` }],
    });
  }
  await lockName(change.db, `service:${wanted.name}`);
  const row = await change.db
    .selectFrom('services')
    .selectAll()
    .where('name', '=', wanted.name)
    .executeTakeFirst();
  const current = row && toService(row);
  if (current?.status === 'deleting') {
    throw new AppError('conflict', `Service ${wanted.name} is being deleted; declare it when that is over.`);
  }
  if (current === undefined || current.status === 'deleted') return create(change, wanted, current);

  const iteration = await findIteration(change.db, wanted.name, current.iteration);
  if (!iteration)
    throw new AppError('internal', `Service ${wanted.name} lost its iteration ${current.iteration}.`);
  return iteration.specHash === specHashOf(wanted.spec)
    ? changeSettings(change, wanted, current, iteration)
    : castIteration(change, wanted, current);
}

async function create(change: Change, wanted: Declaration, deleted: Service | undefined): Promise<Declared> {
  const { name } = wanted;
  if (deleted === undefined) {
    await change.db
      .insertInto('services')
      .values({ name, iteration: 1, status: 'active', ...settingsColumns(wanted.settings) })
      .execute();
  }
  const iteration = await insertIteration(change.db, wanted);
  const service = await updateService(change, wanted, iteration.number);
  const started = await startRollout(change, {
    service: name,
    fromIteration: null,
    toIteration: iteration.number,
    trigger: 'declared',
    createdBy: wanted.createdBy,
  });
  return { service, iteration, change: 'created', ...started };
}

async function castIteration(change: Change, wanted: Declaration, current: Service): Promise<Declared> {
  const iteration = await insertIteration(change.db, wanted);
  const service = await updateService(change, wanted, iteration.number);
  const started = await startRollout(change, {
    service: wanted.name,
    fromIteration: current.iteration,
    toIteration: iteration.number,
    trigger: 'declared',
    createdBy: wanted.createdBy,
  });
  return { service, iteration, change: 'iteration', ...started };
}

async function changeSettings(
  change: Change,
  wanted: Declaration,
  current: Service,
  iteration: Iteration,
): Promise<Declared> {
  const { replicas, rollout, placement } = current;
  if (canonicalJson({ replicas, rollout, placement }) === canonicalJson(settingsOnly(wanted.settings))) {
    return { service: current, iteration, change: 'none', rollout: null, operation: null };
  }
  const service = await updateService(change, wanted, iteration.number);
  if (replicas === service.replicas) {
    return { service, iteration, change: 'settings', rollout: null, operation: null };
  }
  const started = await startRollout(change, {
    service: wanted.name,
    fromIteration: iteration.number,
    toIteration: iteration.number,
    trigger: 'scale',
    createdBy: wanted.createdBy,
  });
  return { service, iteration, change: 'settings', ...started };
}

const specHashOf = (spec: IterationSpec): string => sha256(canonicalJson(spec));

const settingsOnly = ({ replicas, rollout, placement }: ServiceSettings): ServiceSettings => ({
  replicas,
  rollout,
  placement,
});

const settingsColumns = (settings: ServiceSettings) => ({
  replicas: settings.replicas,
  rollout: json(settings.rollout),
  placement: json(settings.placement),
});

async function updateService(change: Change, wanted: Declaration, iteration: number): Promise<Service> {
  await change.db
    .updateTable('services')
    .set({ iteration, status: 'active', updated_at: sql<Date>`now()`, ...settingsColumns(wanted.settings) })
    .where('name', '=', wanted.name)
    .execute();
  return tellService(change, wanted.name);
}

async function insertIteration(db: Kysely<Database>, wanted: Declaration): Promise<Iteration> {
  await requireProven(db, wanted.spec.image);
  const newest = await db
    .selectFrom('iterations')
    .select(sql<number>`coalesce(max(number), 0)::int`.as('number'))
    .where('service', '=', wanted.name)
    .executeTakeFirstOrThrow();
  const row = await db
    .insertInto('iterations')
    .values({
      service: wanted.name,
      number: newest.number + 1,
      spec: json(wanted.spec),
      spec_hash: specHashOf(wanted.spec),
      image_digest: wanted.spec.image,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toIteration(row);
}

/** Shared lock: the image can be neither revoked nor deleted before the iteration that needs it is there. */
async function requireProven(db: Kysely<Database>, digest: Digest): Promise<void> {
  const image = await db
    .selectFrom('images')
    .select('status')
    .where('digest', '=', digest)
    .forShare()
    .executeTakeFirst();
  if (!image) throw new AppError('not_found', `There is no image ${digest}.`);
  if (image.status === 'proven') return;
  if (image.status === 'revoked') throw new AppError('image_revoked', `Image ${digest} was revoked.`);
  throw new AppError(
    'image_unproven',
    `Image ${digest} is ${image.status}, and only a proven image is taken.`,
  );
}
