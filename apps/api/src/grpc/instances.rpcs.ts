import { IntersectionType } from '@nestjs/swagger';
import { pageView } from '../http/pages.js';
import { migrateInstance, replaceInstance, snapshotInstance } from '../instances/instances.js';
import {
  InstanceAt,
  InstanceQuery,
  MigrateInstance,
  ReplaceInstance,
  SnapshotInstance,
} from '../instances/instances.dto.js';
import { instanceView } from '../instances/instances.view.js';
import type { InstancesDefinition } from './gen/diecast/v1/instances.js';
import { reads, starts, type RpcsOf } from './rpc.js';

export const INSTANCE_RPCS: RpcsOf<InstancesDefinition> = {
  get: reads(InstanceAt, async (store, { id }) => instanceView(await store.instances.require(id))),
  list: reads(InstanceQuery, async (store, query) =>
    pageView(await store.instances.list(query), instanceView),
  ),
  replace: starts('operator', IntersectionType(InstanceAt, ReplaceInstance), (store, wanted, by) =>
    replaceInstance(store, wanted.id, wanted, by),
  ),
  migrate: starts('operator', IntersectionType(InstanceAt, MigrateInstance), (store, wanted, by) =>
    migrateInstance(store, wanted.id, wanted, by),
  ),
  snapshot: starts('operator', IntersectionType(InstanceAt, SnapshotInstance), (store, wanted, by) =>
    snapshotInstance(store, wanted.id, wanted, by),
  ),
};
