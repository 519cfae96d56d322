import type { Kysely } from 'kysely';
import { AppError, type Digest, type Image } from '@diecast/model';
import type { Database } from '../database/schema.js';
import { json, type Change } from '../database/session.js';
import type { NewImage } from '../store.js';
import { insertImage, lockImage, setImageStatus, tellImage, toImage } from './image-rows.js';
import { importersOf } from './image-use.js';

export async function beginImport(change: Change, wanted: NewImage, operationId: string): Promise<Image> {
  const begun = await findImported(change.db, operationId);
  if (begun !== undefined && begun !== wanted.digest) {
    throw new AppError(
      'conflict',
      `The source of the import gave image ${begun} first and now gives ${wanted.digest}.`,
    );
  }
  const image =
    (await insertImage(change, wanted)) ??
    (await takeSignature(change, await findOpen(change, wanted), wanted));
  await change.db
    .insertInto('image_imports')
    .values({ operation_id: operationId, digest: image.digest })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return image;
}

async function findOpen(change: Change, { digest }: NewImage): Promise<Image> {
  const image = await lockImage(change.db, digest);
  if (image.status === 'revoked') throw new AppError('image_revoked', `Image ${digest} was revoked.`);
  if (image.status === 'deleting') {
    throw new AppError('busy', `Image ${digest} is being deleted; import it again when that is over.`);
  }
  return image;
}

/** Who forgot to sign may do so later, until the image is proven. */
async function takeSignature(change: Change, image: Image, wanted: NewImage): Promise<Image> {
  const open = image.status === 'importing' || image.status === 'candidate';
  if (!open || wanted.signatureStatus !== 'verified' || image.signatureStatus === 'verified') return image;
  const row = await change.db
    .updateTable('images')
    .set({ signature: json(wanted.signature), signature_status: wanted.signatureStatus })
    .where('digest', '=', image.digest)
    .returningAll()
    .executeTakeFirstOrThrow();
  tellImage(change, toImage(row));
  return toImage(row);
}

export async function finishImport(change: Change, operationId: string): Promise<Image> {
  const digest = await findImported(change.db, operationId);
  if (digest === undefined) {
    throw new AppError('internal', `Operation ${operationId} ends an import that it never began.`);
  }
  const image = await lockImage(change.db, digest);
  return image.status === 'importing' ? setImageStatus(change, image, 'candidate', null) : image;
}

export async function abandonImport(change: Change, operationId: string): Promise<Image | undefined> {
  const digest = await findImported(change.db, operationId);
  if (digest === undefined) return undefined;
  const image = await lockImage(change.db, digest);
  const others = (await importersOf(change.db, digest)).filter((id) => id !== operationId);
  const goes = image.status === 'deleting' || (image.status === 'importing' && others.length === 0);
  // The row takes the mark along. Until then the mark says what is still to be removed, whoever goes on with it.
  if (goes) return setImageStatus(change, image, 'deleting', 'Its import did not succeed.');
  await change.db.deleteFrom('image_imports').where('operation_id', '=', operationId).execute();
  return undefined;
}

async function findImported(db: Kysely<Database>, operationId: string): Promise<Digest | undefined> {
  const row = await db
    .selectFrom('image_imports')
    .select('digest')
    .where('operation_id', '=', operationId)
    .executeTakeFirst();
  return row?.digest;
}
