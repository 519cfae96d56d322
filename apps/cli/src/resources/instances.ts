import { INSTANCE_STATES, isInstanceLive, type InstanceStatus } from '@diecast/model';
import type { Client } from '../api/client.js';
import type { InstanceView } from '../api/views.js';
import { age, machineName, yesNo } from '../render/words.js';
import { defineResource, isUuid, theOne, type Filter } from './resource.js';

const LIVE = Object.keys(INSTANCE_STATES)
  .map((status) => status as InstanceStatus)
  .filter(isInstanceLive);

/** Newest first. History grows for ever, so the live ones are asked for by their status. */
export async function listInstances(
  client: Client,
  { service, host, all }: Filter,
): Promise<readonly InstanceView[]> {
  if (all === true) return client.list<InstanceView>('/v1/instances', { service, host });
  const pages = await Promise.all(
    LIVE.map((status) => client.list<InstanceView>('/v1/instances', { service, host, status })),
  );
  // One that changed between two of the requests is in both.
  const byId = new Map(pages.flat().map((instance) => [instance.id, instance]));
  return [...byId.values()].toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
}

/** By its id, by the name that tables show, or by the end of its id. @throws CliError */
export async function findInstance(client: Client, name: string): Promise<InstanceView> {
  if (isUuid(name)) return client.get(`/v1/instances/${name}`);
  const isMeant = (instance: InstanceView): boolean =>
    machineName(instance) === name || (/^[0-9a-f]{8,}$/.test(name) && instance.id.endsWith(name));
  const live = (await listInstances(client, {})).filter(isMeant);
  const found = live.length > 0 ? live : (await listInstances(client, { all: true })).filter(isMeant);
  return theOne('instance', name, found);
}

export const INSTANCES = defineResource<InstanceView>({
  one: 'instance',
  many: 'instances',
  filters: ['service', 'host', 'all'],
  columns: [
    { title: 'instance', cell: machineName },
    { title: 'service', cell: ({ service }) => service },
    { title: 'iteration', cell: ({ iteration }) => iteration },
    { title: 'host', cell: ({ host }) => host },
    { title: 'status', cell: ({ status }) => status },
    { title: 'healthy', cell: ({ healthy }) => yesNo(healthy) },
    { title: 'in traffic', cell: ({ inTraffic }) => yesNo(inTraffic) },
    { title: 'address', cell: ({ address }) => address },
    { title: 'age', cell: ({ createdAt }, now) => age(createdAt, now) },
    { title: 'id', wide: true, cell: ({ id }) => id },
    { title: 'mac', wide: true, cell: ({ mac }) => mac },
    { title: 'generation', wide: true, cell: ({ generation }) => generation },
    { title: 'why', wide: true, cell: ({ statusReason }) => statusReason },
  ],
  list: listInstances,
  find: findInstance,
  nameOf: machineName,
});
