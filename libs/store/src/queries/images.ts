import { sql } from 'kysely';
import { AppError, IMAGE_STATES, isDigest, requireTransition, type Digest, type Image } from '@diecast/model';
import { decodeCursor, limitOf, toPage } from '../database/pages.js';
import { json, type Session } from '../database/session.js';
import type { ImageQueries } from '../store.js';
import { abandonImport, beginImport, finishImport } from './image-imports.js';
import { insertImage, lockImage, setImageStatus, tellImage, toImage, unknownImage } from './image-rows.js';
import { importersOf, isBlobNeeded, refuseWhileUsed } from './image-use.js';

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
        const inserted = await insertImage(change, image);
        if (inserted) return inserted;
        throw new AppError('already_exists', `Image ${image.digest} is here already.`);
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
      session.change(async (change) =>
        setImageStatus(change, await lockImage(change.db, digest), status, reason),
      ),

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

    beginImport: (image, operationId) => session.change((change) => beginImport(change, image, operationId)),
    finishImport: (operationId) => session.change((change) => finishImport(change, operationId)),
    abandonImport: (operationId) => session.change((change) => abandonImport(change, operationId)),

    markDeleting: (digest) =>
      session.change(async (change) => {
        // Whoever begins to use an image locks its row too: either it is seen here, or it sees `deleting`.
        const image = await lockImage(change.db, digest);
        await refuseWhileUsed(change.db, digest);
        const importers = await importersOf(change.db, digest);
        if (image.status !== 'deleting' && importers.length > 0) {
          const message = `Image ${digest} is being imported by operation ${importers.join(', ')}.`;
          throw new AppError('busy', message, { details: { operations: importers } });
        }
        return setImageStatus(change, image, 'deleting', null);
      }),

    needsBlob: (blob, besides) => isBlobNeeded(session.db, blob, besides),

    delete: (digest) =>
      session.change(async (change) => {
        await lockImage(change.db, digest);
        await refuseWhileUsed(change.db, digest);
        await change.db.deleteFrom('images').where('digest', '=', digest).execute();
        change.tell({ type: 'image.deleted', resource: { type: 'image', id: digest }, data: { digest } });
      }),
  };
}
