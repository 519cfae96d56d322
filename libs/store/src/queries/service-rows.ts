import type { Selectable } from 'kysely';
import {
  AppError,
  type Iteration,
  type IterationSpec,
  type PlacementSpec,
  type RolloutSpec,
  type Service,
  type Shares,
} from '@diecast/model';
import type { IterationTable, ServiceTable } from '../database/schema.js';
import type { Change, Reads } from '../database/session.js';

export const unknownService = (name: string): AppError =>
  new AppError('not_found', `There is no service ${name}.`);

export const toService = (row: Selectable<ServiceTable>): Service => ({
  name: row.name,
  iteration: row.iteration,
  status: row.status,
  replicas: row.replicas,
  rollout: row.rollout as RolloutSpec,
  placement: row.placement as PlacementSpec,
  shares: row.shares as Shares | null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const toIteration = (row: Selectable<IterationTable>): Iteration => ({
  service: row.service,
  number: row.number,
  specHash: row.spec_hash,
  spec: row.spec as IterationSpec,
  knownGoodAt: row.known_good_at,
  createdAt: row.created_at,
});

export async function findIteration(
  db: Reads,
  service: string,
  number: number,
): Promise<Iteration | undefined> {
  const row = await db
    .selectFrom('iterations')
    .selectAll()
    .where('service', '=', service)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toIteration(row);
}

/** The last one that served with all replicas, other than `except`. */
export async function findKnownGood(db: Reads, service: string, except: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('iterations')
    .select('number')
    .where('service', '=', service)
    .where('number', '<>', except)
    .where('known_good_at', 'is not', null)
    .orderBy('known_good_at', 'desc')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.number;
}

export async function tellService(change: Change, name: string): Promise<Service> {
  const row = await change.db
    .selectFrom('services')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  const service = toService(row);
  change.tell({
    type: 'service.changed',
    resource: { type: 'service', id: name },
    data: { name, iteration: service.iteration, status: service.status, replicas: service.replicas },
  });
  return service;
}
