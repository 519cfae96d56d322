import type { ServiceSummaryView } from '../api/views.js';
import { age } from '../render/words.js';
import { defineResource, segment } from './resource.js';

export const SERVICES = defineResource<ServiceSummaryView>({
  one: 'service',
  many: 'services',
  filters: [],
  columns: [
    { title: 'service', cell: ({ name }) => name },
    { title: 'status', cell: ({ status }) => status },
    { title: 'iteration', cell: ({ iteration }) => iteration },
    { title: 'replicas', cell: ({ replicas }) => replicas },
    { title: 'changed', cell: ({ updatedAt }, now) => age(updatedAt, now) },
    { title: 'age', cell: ({ createdAt }, now) => age(createdAt, now) },
    { title: 'strategy', wide: true, cell: ({ rollout }) => rollout.strategy },
    { title: 'surge', wide: true, cell: ({ rollout }) => rollout.maxSurge },
    { title: 'unavailable', wide: true, cell: ({ rollout }) => rollout.maxUnavailable },
    { title: 'hosts', wide: true, cell: ({ placement }) => placement.hosts.join(', ') || 'any' },
  ],
  list: (client) => client.list('/v1/services'),
  find: (client, name) => client.get(`/v1/services/${segment(name)}`),
  nameOf: ({ name }) => name,
});
