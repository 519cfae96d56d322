import { v7 as uuidv7 } from 'uuid';
import { AppError, isInstanceLive, type Instance, type Operation, type ResourceRef } from '@diecast/model';
import type { Store } from '@diecast/store';
import { startOperation } from '../operations/start-operation.js';
import type { MigrateInstance, ReplaceInstance, SnapshotInstance } from './instances.dto.js';

const refTo = (instance: Instance): ResourceRef => ({ type: 'instance', id: instance.id });

/** A new machine of the same iteration takes its place; then it is discontinued. */
export async function replaceInstance(
  store: Store,
  id: string,
  wanted: ReplaceInstance,
  by: string,
): Promise<Operation> {
  const instance = await store.instances.require(id);
  if (!isInstanceLive(instance.status)) {
    throw new AppError('conflict', `Instance ${id} is ${instance.status}; only a live one is replaced.`);
  }
  if (instance.status === 'standby')
    throw new AppError('conflict', `Instance ${id} is standby; it serves nobody who needs another.`);
  const host = await knownHost(store, wanted.host);
  const replacementId = uuidv7();
  return startOperation(store, {
    kind: 'instance.replace',
    input: { instanceId: id, replacementId, host },
    resources: [refTo(instance), { type: 'instance', id: replacementId }],
    by,
  });
}

/** @throws AppError `conflict` when it is there already, or not available */
export async function migrateInstance(
  store: Store,
  id: string,
  wanted: MigrateInstance,
  by: string,
): Promise<Operation> {
  const instance = await requireAvailable(store, id, 'migrates');
  const host = await knownHost(store, wanted.host);
  if (host !== null && host === instance.host)
    throw new AppError('conflict', `Instance ${id} is on host ${host} already.`);
  const { bandwidthMiBps, downtimeMs } = wanted;
  return startOperation(store, {
    kind: 'instance.migrate',
    input: {
      instanceId: id,
      host,
      ...(bandwidthMiBps === undefined ? {} : { bandwidthMiBps }),
      ...(downtimeMs === undefined ? {} : { downtimeMs }),
    },
    resources: [refTo(instance), ...(host === null ? [] : [{ type: 'host', id: host } as const])],
    by,
  });
}

export async function snapshotInstance(
  store: Store,
  id: string,
  wanted: SnapshotInstance,
  by: string,
): Promise<Operation> {
  const instance = await requireAvailable(store, id, 'is snapshotted');
  const snapshotId = uuidv7();
  return startOperation(store, {
    kind: 'instance.snapshot',
    input: {
      snapshotId,
      instanceId: id,
      name: wanted.name,
      withMemory: wanted.withMemory,
      quiesce: wanted.quiesce ?? false,
    },
    resources: [refTo(instance), { type: 'snapshot', id: snapshotId }],
    by,
  });
}

async function requireAvailable(store: Store, id: string, what: string): Promise<Instance> {
  const instance = await store.instances.require(id);
  if (instance.status === 'available') return instance;
  throw new AppError('conflict', `Instance ${id} is ${instance.status}; only an available one ${what}.`);
}

/** Null: placement chooses. @throws AppError `not_found` */
async function knownHost(store: Store, name: string | null | undefined): Promise<string | null> {
  return name == null ? null : (await store.hosts.require(name)).name;
}
