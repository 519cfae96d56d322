import { blobsOf, type Digest } from '@diecast/model';
import type { Left } from '@diecast/operations';
import type { FlowServices } from './services.js';

/*
 * What an operation that can get no further leaves, from the store alone: whatever is on a host has a row that was there
 * before it, and the host may be what cannot be reached.
 */
type Needs = Pick<FlowServices, 'store'>;

async function filesOf({ store }: Needs, owner: string): Promise<readonly Left[]> {
  const files = await store.hostFiles.byOwner(owner);
  return files.map(({ host, name, state }) => ({ what: `file ${name} (${state})`, where: `host ${host}` }));
}

export async function leftOfMachine(services: Needs, id: string): Promise<readonly Left[]> {
  const reserved = await services.store.instances.reserved();
  const instance = reserved.find((each) => each.id === id);
  const files = await filesOf(services, id);
  if (instance === undefined) return files;
  const { status, host, address } = instance;
  const machine = `machine ${id} (${status}${address === null ? '' : `, address ${address}`})`;
  return [{ what: machine, where: host === null ? 'no host' : `host ${host}` }, ...files];
}

export async function leftOfMachines(services: Needs, ids: readonly string[]): Promise<readonly Left[]> {
  return (await Promise.all(ids.map((id) => leftOfMachine(services, id)))).flat();
}

export async function leftOfSnapshot(services: Needs, id: string): Promise<readonly Left[]> {
  const snapshot = await services.store.snapshots.find(id);
  const files = await filesOf(services, id);
  if (snapshot === undefined || snapshot.status === 'deleted') return files;
  const { status, host, name } = snapshot;
  return [{ what: `snapshot ${id} "${name}" (${status})`, where: `host ${host}` }, ...files];
}

export async function leftOfImage(services: Needs, digest: Digest): Promise<readonly Left[]> {
  const image = await services.store.images.find(digest);
  if (image === undefined) return [];
  const files = await Promise.all(blobsOf(image.manifest).map((blob) => filesOf(services, blob.digest)));
  return [{ what: `image ${digest} (${image.status})`, where: 'the store' }, ...files.flat()];
}
