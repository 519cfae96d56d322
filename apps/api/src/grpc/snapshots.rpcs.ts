import { pageView } from '../http/pages.js';
import { deleteSnapshot, restoreSnapshot } from '../snapshots/snapshots.js';
import { SnapshotAt, SnapshotQuery } from '../snapshots/snapshots.dto.js';
import { snapshotView } from '../snapshots/snapshots.view.js';
import type { SnapshotsDefinition } from './gen/diecast/v1/snapshots.js';
import { reads, starts, type RpcsOf } from './rpc.js';

export const SNAPSHOT_RPCS: RpcsOf<SnapshotsDefinition> = {
  get: reads(SnapshotAt, async (store, { id }) => snapshotView(await store.snapshots.require(id))),
  list: reads(SnapshotQuery, async (store, query) =>
    pageView(await store.snapshots.list(query), snapshotView),
  ),
  restore: starts('operator', SnapshotAt, (store, { id }, by) => restoreSnapshot(store, id, by)),
  delete: starts('operator', SnapshotAt, (store, { id }, by) => deleteSnapshot(store, id, by)),
};
