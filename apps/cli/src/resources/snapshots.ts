import { formatBytes } from '@diecast/model';
import type { Client } from '../api/client.js';
import type { SnapshotView } from '../api/views.js';
import { age, machineName } from '../render/words.js';
import { defineResource, isUuid, theOne, type Filter } from './resource.js';

const isKept = ({ status }: SnapshotView): boolean => status !== 'deleted' && status !== 'failed';

async function listSnapshots(
  client: Client,
  { service, host, all }: Filter,
): Promise<readonly SnapshotView[]> {
  const snapshots = await client.list<SnapshotView>('/v1/snapshots');
  return snapshots.filter(
    (snapshot) =>
      (all === true || isKept(snapshot)) &&
      (service === undefined || snapshot.service === service) &&
      (host === undefined || snapshot.host === host),
  );
}

/** By its id, or by what it was called. @throws CliError */
export async function findSnapshot(client: Client, name: string): Promise<SnapshotView> {
  if (isUuid(name)) return client.get(`/v1/snapshots/${name}`);
  const found = (await listSnapshots(client, {})).filter((snapshot) => snapshot.name === name);
  return theOne('snapshot', name, found);
}

export const SNAPSHOTS = defineResource<SnapshotView>({
  one: 'snapshot',
  many: 'snapshots',
  filters: ['service', 'host', 'all'],
  columns: [
    { title: 'snapshot', cell: ({ name }) => name },
    {
      title: 'of instance',
      cell: ({ service, iteration, instanceId }) => machineName({ service, iteration, id: instanceId }),
    },
    { title: 'host', cell: ({ host }) => host },
    { title: 'status', cell: ({ status }) => status },
    { title: 'memory', cell: ({ withMemory }) => (withMemory ? 'with' : 'without') },
    { title: 'size', cell: ({ sizeBytes }) => (sizeBytes === null ? null : formatBytes(sizeBytes)) },
    { title: 'age', cell: ({ createdAt }, now) => age(createdAt, now) },
    { title: 'id', wide: true, cell: ({ id }) => id },
    {
      title: 'stood still',
      wide: true,
      cell: ({ pauseMilliseconds }) =>
        pauseMilliseconds === null ? null : `${Math.round(pauseMilliseconds)} ms`,
    },
    { title: 'why', wide: true, cell: ({ statusReason }) => statusReason },
  ],
  list: listSnapshots,
  find: findSnapshot,
  nameOf: ({ name }) => name,
});
