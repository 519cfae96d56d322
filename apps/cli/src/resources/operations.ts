import type { OperationView } from '../api/views.js';
import { age, secondsBetween, duration, shortDigest } from '../render/words.js';
import { defineResource, segment, type Filter } from './resource.js';

type ResourceRef = OperationView['resources'][number];

/** `service web`; a digest and an id no longer than people need. */
const shownResource = ({ type, id }: ResourceRef): string =>
  `${type} ${id.startsWith('sha256:') ? shortDigest(id) : id}`;

const concerns = ({ resources }: OperationView, { service, host }: Filter): boolean =>
  (service === undefined || resources.some(({ type, id }) => type === 'service' && id === service)) &&
  (host === undefined || resources.some(({ type, id }) => type === 'host' && id === host));

export const OPERATIONS = defineResource<OperationView>({
  one: 'operation',
  many: 'operations',
  filters: ['service', 'host'],
  columns: [
    { title: 'operation', cell: ({ id }) => id },
    { title: 'kind', cell: ({ kind }) => kind },
    { title: 'status', cell: ({ status }) => status },
    { title: 'done', cell: ({ progress }) => `${Math.round(progress.percent)} %` },
    { title: 'on', cell: ({ resources }) => (resources[0] ? shownResource(resources[0]) : null) },
    { title: 'age', cell: ({ createdAt }, now) => age(createdAt, now) },
    {
      title: 'took',
      wide: true,
      cell: ({ startedAt, finishedAt }) =>
        startedAt === null || finishedAt === null ? null : duration(secondsBetween(startedAt, finishedAt)),
    },
    { title: 'by', wide: true, cell: ({ createdBy }) => createdBy },
    { title: 'says', wide: true, cell: ({ error, progress }) => error?.message ?? progress.message },
  ],
  list: async (client, filter) =>
    (await client.list<OperationView>('/v1/operations')).filter((operation) => concerns(operation, filter)),
  find: (client, id) => client.get(`/v1/operations/${segment(id)}`),
  nameOf: ({ id }) => id,
});
