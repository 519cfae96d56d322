import { sql, type Kysely } from 'kysely';
import { AppError, OPERATION_STATES, type Digest, type OperationStatus } from '@diecast/model';
import type { Database } from '../database/schema.js';
import type { Reads } from '../database/session.js';

/** Names in a message; more than these help nobody. */
const MOST_NAMED = 20;

const OPEN = Object.entries(OPERATION_STATES)
  .filter(([, next]) => next.length > 0)
  .map(([status]) => status as OperationStatus);

/** @throws AppError `in_use` naming iterations of services, machines and snapshots that stand on the image */
export async function refuseWhileUsed(db: Kysely<Database>, digest: Digest): Promise<void> {
  const iterations = await db
    .selectFrom('iterations as i')
    .innerJoin('services as s', 's.name', 'i.service')
    .select(['i.service', 'i.number'])
    .where('i.image_digest', '=', digest)
    .where('s.status', '<>', 'deleted')
    .limit(MOST_NAMED)
    .execute();
  const instances = await db
    .selectFrom('instances as n')
    .innerJoin('iterations as i', (join) =>
      join.onRef('i.service', '=', 'n.service').onRef('i.number', '=', 'n.iteration'),
    )
    .select('n.id')
    .where('i.image_digest', '=', digest)
    .where('n.reserved', '=', true)
    .limit(MOST_NAMED)
    .execute();
  const snapshots = await db
    .selectFrom('snapshots as t')
    .innerJoin('iterations as i', (join) =>
      join.onRef('i.service', '=', 't.service').onRef('i.number', '=', 't.iteration'),
    )
    .select('t.id')
    .where('i.image_digest', '=', digest)
    .where('t.status', '<>', 'deleted')
    .limit(MOST_NAMED)
    .execute();
  const users = [
    ...iterations.map((row) => `iteration ${row.number} of service ${row.service}`),
    ...instances.map((row) => `instance ${row.id}`),
    ...snapshots.map((row) => `snapshot ${row.id}`),
  ];
  if (users.length === 0) return;
  throw new AppError('in_use', `Image ${digest} is used by ${users.join(', ')}.`, { details: { users } });
}

/** Operations that import the image and are not over. */
export async function importersOf(db: Kysely<Database>, digest: Digest): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('image_imports as m')
    .innerJoin('operations as o', 'o.id', 'm.operation_id')
    .select('o.id')
    .where('m.digest', '=', digest)
    .where('o.status', 'in', OPEN)
    .orderBy('o.id')
    .execute();
  return rows.map((row) => row.id);
}

/** Whatever member of the manifest names the blob: what a manifest can hold may grow. */
export async function isBlobNeeded(db: Reads, blob: Digest, besides?: Digest): Promise<boolean> {
  let query = db
    .selectFrom('images')
    .select('digest')
    .where('status', '<>', 'deleting')
    .where(
      sql<boolean>`jsonb_path_exists(manifest, '$.**.digest ? (@ == $blob)', jsonb_build_object('blob', ${blob}::text))`,
    )
    .limit(1);
  if (besides !== undefined) query = query.where('digest', '<>', besides);
  return (await query.executeTakeFirst()) !== undefined;
}
