import { sql, type Kysely, type Selectable } from 'kysely';
import {
  AppError,
  IMAGE_STATES,
  isDigest,
  requireTransition,
  type Digest,
  type Image,
  type ImageEvidence,
  type ImageManifest,
  type ImageSignature,
} from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import type { Database, ImageTable } from '../database/schema.js';
import { json, type Change, type Session } from '../database/session.js';
import type { ImageQueries } from '../store.js';

const toImage = (row: Selectable<ImageTable>): Image => ({
  digest: row.digest,
  name: row.name,
  version: row.version,
  status: row.status,
  statusReason: row.status_reason,
  manifest: row.manifest as ImageManifest,
  signature: row.signature as ImageSignature | null,
  signatureStatus: row.signature_status,
  evidence: row.evidence as ImageEvidence | null,
  sizeBytes: row.size_bytes,
  createdAt: row.created_at,
});

const unknownImage = (reference: string): AppError =>
  new AppError('not_found', `There is no image ${reference}.`);

function tellImage(change: Change, image: Image): void {
  const { digest, name, version, status, statusReason } = image;
  change.tell({
    type: 'image.changed',
    resource: { type: 'image', id: digest },
    data: { digest, name, version, status, statusReason },
  });
}

async function lockImage(db: Kysely<Database>, digest: Digest): Promise<Image> {
  const row = await db
    .selectFrom('images')
    .selectAll()
    .where('digest', '=', digest)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw unknownImage(digest);
  return toImage(row);
}

export function imageQueries(session: Session): ImageQueries {
  const find = async (digest: Digest): Promise<Image | undefined> => {
    const row = await session.db
      .selectFrom('images')
      .selectAll()
      .where('digest', '=', digest)
      .executeTakeFirst();
    return row && toImage(row);
  };

  return {
    insert: (image) =>
      session.change(async (change) => {
        const row = await change.db
          .insertInto('images')
          .values({
            digest: image.digest,
            name: image.name,
            version: image.version,
            status: 'importing',
            manifest: json(image.manifest),
            signature: image.signature === null ? null : json(image.signature),
            signature_status: image.signatureStatus,
            evidence: null,
            size_bytes: image.sizeBytes,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) throw new AppError('already_exists', `Image ${image.digest} is here already.`);
        tellImage(change, toImage(row));
        return toImage(row);
      }),

    find,

    async resolve(reference) {
      if (isDigest(reference)) {
        const image = await find(reference);
        if (image) return image;
        throw unknownImage(reference);
      }
      const colon = reference.indexOf(':');
      const name = colon === -1 ? reference : reference.slice(0, colon);
      let query = session.db
        .selectFrom('images')
        .selectAll()
        .where('name', '=', name)
        .orderBy(sql`(status = 'proven')`, 'desc')
        .orderBy('created_at', 'desc')
        .orderBy('digest')
        .limit(1);
      if (colon !== -1) query = query.where('version', '=', reference.slice(colon + 1));
      const row = await query.executeTakeFirst();
      if (!row) throw unknownImage(reference);
      return toImage(row);
    },

    async list(page) {
      const limit = limitOf(page);
      const after = decodeCursor(page?.cursor, ['date', 'string']);
      let query = session.db
        .selectFrom('images')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('digest', 'desc')
        .limit(limit + 1);
      if (page?.name !== undefined) query = query.where('name', '=', page.name);
      if (page?.status !== undefined) query = query.where('status', '=', page.status);
      if (after) {
        query = query.where(
          sql<boolean>`(created_at, digest) < (${after[0]}::timestamptz, ${after[1]}::text)`,
        );
      }
      return toPage(await query.execute(), limit, toImage, (row) => [
        row.created_at.toISOString(),
        row.digest,
      ]);
    },

    setStatus: (digest, status, reason) =>
      session.change(async (change) => {
        const current = await lockImage(change.db, digest);
        if (current.status !== status) {
          requireTransition(IMAGE_STATES, `Image ${digest}`, current.status, status);
        }
        const row = await change.db
          .updateTable('images')
          .set({ status, status_reason: reason })
          .where('digest', '=', digest)
          .returningAll()
          .executeTakeFirstOrThrow();
        tellImage(change, toImage(row));
        return toImage(row);
      }),

    recordProof: (digest, evidence) =>
      session.change(async (change) => {
        const current = await lockImage(change.db, digest);
        // The first proof stands: what it saw is frozen with the image.
        if (current.status === 'proven') return current;
        requireTransition(IMAGE_STATES, `Image ${digest}`, current.status, 'proven');
        const row = await change.db
          .updateTable('images')
          .set({
            status: 'proven',
            status_reason: null,
            ...(current.evidence === null ? { evidence: json(evidence) } : {}),
          })
          .where('digest', '=', digest)
          .returningAll()
          .executeTakeFirstOrThrow();
        tellImage(change, toImage(row));
        return toImage(row);
      }),

    delete: (digest) =>
      session.change(async (change) => {
        await lockImage(change.db, digest);
        await refuseWhileUsed(change.db, digest);
        await change.db.deleteFrom('images').where('digest', '=', digest).execute();
        change.tell({ type: 'image.deleted', resource: { type: 'image', id: digest }, data: { digest } });
      }),
  };
}

async function refuseWhileUsed(db: Kysely<Database>, digest: Digest): Promise<void> {
  const iterations = await db
    .selectFrom('iterations as i')
    .innerJoin('services as s', 's.name', 'i.service')
    .select(['i.service', 'i.number'])
    .where('i.image_digest', '=', digest)
    .where('s.status', '<>', 'deleted')
    .limit(20)
    .execute();
  const instances = await db
    .selectFrom('instances as n')
    .innerJoin('iterations as i', (join) =>
      join.onRef('i.service', '=', 'n.service').onRef('i.number', '=', 'n.iteration'),
    )
    .select('n.id')
    .where('i.image_digest', '=', digest)
    .where('n.reserved', '=', true)
    .limit(20)
    .execute();
  if (iterations.length + instances.length === 0) return;
  const users = [
    ...iterations.map((row) => `iteration ${row.number} of service ${row.service}`),
    ...instances.map((row) => `instance ${row.id}`),
  ];
  throw new AppError('in_use', `Image ${digest} is used by ${users.join(', ')}.`, { details: { users } });
}
