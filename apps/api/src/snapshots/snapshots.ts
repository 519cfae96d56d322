import { v7 as uuidv7 } from 'uuid';
import { AppError, requireTransition, SNAPSHOT_STATES, type Operation } from '@diecast/model';
import type { Store } from '@diecast/store';
import { startOperation } from '../operations/start-operation.js';

/** A new machine with an identity and address of its own, in the state that the snapshot kept. */
export async function restoreSnapshot(store: Store, id: string, by: string): Promise<Operation> {
  const snapshot = await store.snapshots.require(id);
  if (snapshot.status !== 'ready')
    throw new AppError('conflict', `Snapshot ${id} is ${snapshot.status}; only a ready one is restored.`);
  const instanceId = uuidv7();
  return startOperation(store, {
    kind: 'snapshot.restore',
    input: { snapshotId: id, instanceId },
    resources: [
      { type: 'snapshot', id },
      { type: 'instance', id: instanceId },
    ],
    by,
  });
}

/** With every file that it made. */
export async function deleteSnapshot(store: Store, id: string, by: string): Promise<Operation> {
  const snapshot = await store.snapshots.require(id);
  // A deletion that was interrupted may be asked for again.
  if (snapshot.status !== 'deleting')
    requireTransition(SNAPSHOT_STATES, `Snapshot ${id}`, snapshot.status, 'deleting');
  return startOperation(store, {
    kind: 'snapshot.delete',
    input: { snapshotId: id },
    resources: [{ type: 'snapshot', id }],
    by,
  });
}
