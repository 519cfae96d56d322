import { sql, type Kysely } from 'kysely';
import { AppError, type Service } from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import type { Database } from '../database/schema.js';
import { json, lockName, type Change, type Session } from '../database/session.js';
import type { ServiceQueries } from '../store.js';
import { declare } from './declare.js';
import { endRunningRollout, startRollout } from './rollout-start.js';
import {
  findIteration,
  findKnownGood,
  tellService,
  toIteration,
  toService,
  unknownService,
} from './service-rows.js';

export function serviceQueries(session: Session): ServiceQueries {
  const find = async (name: string): Promise<Service | undefined> => {
    const row = await session.db
      .selectFrom('services')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst();
    return row && toService(row);
  };
  const require = async (name: string): Promise<Service> => {
    const service = await find(name);
    if (!service) throw unknownService(name);
    return service;
  };

  return {
    find,
    require,

    async list(page) {
      const limit = limitOf(page);
      const after = decodeCursor(page?.cursor, ['string']);
      let query = session.db
        .selectFrom('services')
        .selectAll()
        .where('status', '<>', 'deleted')
        .orderBy('name')
        .limit(limit + 1);
      if (after) query = query.where('name', '>', String(after[0]));
      return toPage(await query.execute(), limit, toService, (row) => [row.name]);
    },

    async live() {
      const rows = await session.db
        .selectFrom('services')
        .selectAll()
        .where('status', '<>', 'deleted')
        .orderBy('name')
        .execute();
      return rows.map(toService);
    },

    declare: (name, spec, settings, createdBy) =>
      session.change((change) => declare(change, { name, spec, settings, createdBy })),

    rollBack: (name, to, trigger, createdBy) =>
      session.change(async (change) => {
        const service = await lockService(change.db, name);
        if (service.status !== 'active') {
          throw new AppError('conflict', `Service ${name} is ${service.status} and cannot be rolled back.`);
        }
        const target = await rollBackTarget(change.db, service, to);
        await change.db
          .updateTable('services')
          .set({ iteration: target, updated_at: sql<Date>`now()` })
          .where('name', '=', name)
          .execute();
        await tellService(change, name);
        return startRollout(change, {
          service: name,
          fromIteration: service.iteration,
          toIteration: target,
          trigger,
          createdBy,
        });
      }),

    markDeleting: (name) => markStatus(session, name, 'deleting'),
    markActive: (name) => markStatus(session, name, 'active'),
    markDeleted: (name) => markStatus(session, name, 'deleted'),

    async iteration(name, number) {
      const iteration = await findIteration(session.db, name, number);
      if (!iteration) throw new AppError('not_found', `Service ${name} has no iteration ${number}.`);
      return iteration;
    },

    async iterations(name, page) {
      const limit = limitOf(page);
      const after = decodeCursor(page?.cursor, ['number']);
      let query = session.db
        .selectFrom('iterations')
        .selectAll()
        .where('service', '=', name)
        .orderBy('number', 'desc')
        .limit(limit + 1);
      if (after) query = query.where('number', '<', Number(after[0]));
      return toPage(await query.execute(), limit, toIteration, (row) => [row.number]);
    },

    setShares: (name, shares) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('services')
          .set({ shares: json(shares) })
          .where('name', '=', name)
          .where(sql<boolean>`shares is distinct from ${json(shares)}`)
          .returning('name')
          .executeTakeFirst();
        if (row !== undefined) await tellService(change, name);
      }),

    markKnownGood: (name, number, at) =>
      session.change(async (change) => {
        const row = await change.db
          .updateTable('iterations')
          .set({ known_good_at: at })
          .where('service', '=', name)
          .where('number', '=', number)
          .returning('number')
          .executeTakeFirst();
        if (!row) throw new AppError('not_found', `Service ${name} has no iteration ${number}.`);
        await tellService(change, name);
      }),

    lastKnownGood: async (name, except) => (await findKnownGood(session.db, name, except)) ?? null,
  };
}

async function lockService(db: Kysely<Database>, name: string): Promise<Service> {
  await lockName(db, `service:${name}`);
  const row = await db
    .selectFrom('services')
    .selectAll()
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw unknownService(name);
  return toService(row);
}

async function rollBackTarget(db: Kysely<Database>, service: Service, to: number | null): Promise<number> {
  if (to === service.iteration) {
    throw new AppError('conflict', `Service ${service.name} is at iteration ${to} already.`);
  }
  if (to !== null) {
    if (await findIteration(db, service.name, to)) return to;
    throw new AppError('not_found', `Service ${service.name} has no iteration ${to}.`);
  }
  const good = await findKnownGood(db, service.name, service.iteration);
  if (good !== undefined) return good;
  throw new AppError(
    'conflict',
    `Service ${service.name} has no other iteration that was ever known to be good.`,
  );
}

const NEXT: Readonly<Record<Service['status'], readonly Service['status'][]>> = {
  active: ['deleting'],
  deleting: ['deleted', 'active'],
  deleted: [],
};

function markStatus(session: Session, name: string, status: Service['status']): Promise<void> {
  return session.change(async (change: Change) => {
    const service = await lockService(change.db, name);
    if (service.status === status) return;
    if (!NEXT[service.status].includes(status)) {
      throw new AppError('conflict', `Service ${name} is ${service.status} and cannot become ${status}.`);
    }
    await change.db
      .updateTable('services')
      .set({ status, updated_at: sql<Date>`now()` })
      .where('name', '=', name)
      .execute();
    await tellService(change, name);
    if (status === 'deleted') await endRunningRollout(change, name, 'The service was deleted.');
  });
}
