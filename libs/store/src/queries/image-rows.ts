import type { Kysely, Selectable } from 'kysely';
import {
  AppError,
  IMAGE_STATES,
  requireTransition,
  type Digest,
  type Image,
  type ImageEvidence,
  type ImageManifest,
  type ImageSignature,
  type ImageStatus,
} from '@diecast/model';
import type { Database, ImageTable } from '../database/schema.js';
import { json, type Change } from '../database/session.js';
import type { NewImage } from '../store.js';

export const toImage = (row: Selectable<ImageTable>): Image => ({
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

export const unknownImage = (reference: string): AppError =>
  new AppError('not_found', `There is no image ${reference}.`);

export function tellImage(change: Change, image: Image): void {
  const { digest, name, version, status, statusReason } = image;
  change.tell({
    type: 'image.changed',
    resource: { type: 'image', id: digest },
    data: { digest, name, version, status, statusReason },
  });
}

/** Holds the row until the commit. */
export async function lockImage(db: Kysely<Database>, digest: Digest): Promise<Image> {
  const row = await db
    .selectFrom('images')
    .selectAll()
    .where('digest', '=', digest)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw unknownImage(digest);
  return toImage(row);
}

/** Undefined when the image is here already. */
export async function insertImage(change: Change, image: NewImage): Promise<Image | undefined> {
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
  if (row) tellImage(change, toImage(row));
  return row && toImage(row);
}

/** @param current as it was locked in this transaction */
export async function setImageStatus(
  change: Change,
  current: Image,
  status: ImageStatus,
  reason: string | null,
): Promise<Image> {
  if (current.status !== status) {
    requireTransition(IMAGE_STATES, `Image ${current.digest}`, current.status, status);
  }
  const row = await change.db
    .updateTable('images')
    .set({ status, status_reason: reason })
    .where('digest', '=', current.digest)
    .returningAll()
    .executeTakeFirstOrThrow();
  tellImage(change, toImage(row));
  return toImage(row);
}
