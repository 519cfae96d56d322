import { formatBytes } from '@diecast/model';
import type { HostView } from '../api/views.js';
import { age } from '../render/words.js';
import { defineResource, segment } from './resource.js';

export const HOSTS = defineResource<HostView>({
  one: 'host',
  many: 'hosts',
  filters: [],
  columns: [
    { title: 'host', cell: ({ name }) => name },
    { title: 'status', cell: ({ status }) => status },
    { title: 'runs by', cell: ({ facts }) => facts?.accelerator ?? null },
    { title: 'cpus', cell: ({ facts }) => facts?.cpus ?? null },
    { title: 'memory', cell: ({ facts }) => facts && formatBytes(facts.memoryBytes) },
    { title: 'disk free', cell: ({ facts }) => facts && formatBytes(facts.pool.availableBytes) },
    { title: 'seen', cell: ({ lastSeenAt }, now) => age(lastSeenAt, now) },
    { title: 'uri', wide: true, cell: ({ uri }) => uri },
    { title: 'qemu', wide: true, cell: ({ facts }) => facts?.qemuVersion ?? null },
    { title: 'libvirt', wide: true, cell: ({ facts }) => facts?.libvirtVersion ?? null },
    { title: 'why', wide: true, cell: ({ statusReason }) => statusReason },
  ],
  list: (client) => client.list('/v1/hosts'),
  find: (client, name) => client.get(`/v1/hosts/${segment(name)}`),
  nameOf: ({ name }) => name,
});
