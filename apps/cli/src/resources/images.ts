import { formatBytes } from '@diecast/model';
import type { ImageView } from '../api/views.js';
import { age, shortDigest } from '../render/words.js';
import { defineResource, segment } from './resource.js';

export const IMAGES = defineResource<ImageView>({
  one: 'image',
  many: 'images',
  filters: [],
  columns: [
    { title: 'image', cell: ({ name, version }) => `${name}:${version}` },
    { title: 'status', cell: ({ status }) => status },
    { title: 'signature', cell: ({ signatureStatus }) => signatureStatus },
    { title: 'size', cell: ({ sizeBytes }) => formatBytes(sizeBytes) },
    { title: 'digest', cell: ({ digest }) => shortDigest(digest) },
    { title: 'age', cell: ({ createdAt }, now) => age(createdAt, now) },
    { title: 'proved on', wide: true, cell: ({ evidence }) => evidence?.host ?? null },
    { title: 'firmware', wide: true, cell: ({ manifest }) => manifest.firmware },
    { title: 'whole digest', wide: true, cell: ({ digest }) => digest },
    { title: 'why', wide: true, cell: ({ statusReason }) => statusReason },
  ],
  list: (client) => client.list('/v1/images'),
  find: (client, name) => client.get(`/v1/images/${segment(name)}`),
  nameOf: ({ name, version }) => `${name}:${version}`,
});
