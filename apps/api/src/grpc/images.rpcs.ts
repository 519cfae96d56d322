import { IntersectionType } from '@nestjs/swagger';
import { pageView } from '../http/pages.js';
import { deleteImage, importImage, proveImage, revokeImage } from '../images/images.js';
import { ImageAt, ImageQuery, ImportImage, ProveImage, RevokeImage } from '../images/images.dto.js';
import { imageView } from '../images/images.view.js';
import type { ImagesDefinition } from './gen/diecast/v1/images.js';
import { changes, reads, starts, type RpcsOf } from './rpc.js';

export const IMAGE_RPCS: RpcsOf<ImagesDefinition> = {
  import: starts('operator', ImportImage, importImage),
  get: reads(ImageAt, async (store, { reference }) => imageView(await store.images.resolve(reference))),
  list: reads(ImageQuery, async (store, query) => pageView(await store.images.list(query), imageView)),
  prove: starts('operator', IntersectionType(ImageAt, ProveImage), (store, wanted, by) =>
    proveImage(store, wanted.reference, wanted, by),
  ),
  revoke: changes('operator', IntersectionType(ImageAt, RevokeImage), async (store, { reference, reason }) =>
    imageView(await revokeImage(store, reference, reason)),
  ),
  delete: starts('operator', ImageAt, (store, { reference }, by) => deleteImage(store, reference, by)),
};
