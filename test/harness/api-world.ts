import { v7 as uuidv7 } from 'uuid';
import { macOf, type Instance, type Snapshot } from '@diecast/model';
import type { Store } from '@diecast/store';
import { insertProvenImage, sampleSettings, sampleSpec } from './samples.js';

/** What a worker would have made, for tests of the API alone. */
export async function insertHost(store: Store, name: string): Promise<void> {
  await store.hosts.insert({ name, uri: `qemu+tls://${name}.example.org/system`, migrationUri: null });
  await store.hosts.setStatus(name, 'ready', null);
}

export async function insertService(store: Store, name: string): Promise<void> {
  const image = await insertProvenImage(store, `${name}-image`);
  await store.services.declare(name, sampleSpec(image), sampleSettings(1), 'test');
}

export async function insertInstance(store: Store, service: string, host: string): Promise<Instance> {
  const id = uuidv7();
  const { iteration } = await store.services.require(service);
  const place = { id, service, iteration, host, mac: macOf(id), memoryMiB: 128, range: null };
  await store.instances.reserve(place);
  for (const status of ['assembling', 'validating', 'available'] as const)
    await store.instances.setStatus(id, status, null);
  return store.instances.update(id, { address: '192.0.2.10', healthy: true });
}

export async function insertSnapshot(store: Store, instance: Instance): Promise<Snapshot> {
  const { id: instanceId, service, iteration, host } = instance;
  const wanted = {
    id: uuidv7(),
    instanceId,
    service,
    iteration,
    host: host ?? '',
    name: 'kept',
    withMemory: true,
  };
  await store.snapshots.insert(wanted);
  return store.snapshots.setStatus(wanted.id, 'ready', null);
}
