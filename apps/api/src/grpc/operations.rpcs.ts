import type { Operation } from '@diecast/model';
import type { Store } from '@diecast/store';
import { pageView } from '../http/pages.js';
import { OperationAt, OperationQuery } from '../operations/operations.dto.js';
import { operationView } from '../operations/operations.view.js';
import type { OperationsDefinition } from './gen/diecast/v1/operations.js';
import { changes, lookAt, patienceOf, reads, type RpcsOf } from './rpc.js';
import { watchesOperation } from './watch.js';

const turns = (turn: (store: Store, id: string) => Promise<Operation>) =>
  changes('operator', OperationAt, async (store, { id }) => operationView(await turn(store, id)));

export const OPERATION_RPCS: RpcsOf<OperationsDefinition> = {
  get: reads(OperationAt, (_, { id }, call) => lookAt(call, id, patienceOf(call))),
  list: reads(OperationQuery, async (store, query) =>
    pageView(await store.operations.list(query), operationView),
  ),
  cancel: turns((store, id) => store.operations.requestCancel(id)),
  retry: turns((store, id) => store.operations.retry(id)),
  abandon: turns((store, id) => store.operations.abandon(id)),
  watch: watchesOperation,
};
