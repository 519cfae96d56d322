import type { Event } from '@diecast/model';
import { followEvents } from '@diecast/platform';
import { eventView, type EventView } from '../events/events.view.js';
import { operationEvents } from '../events/operation-events.js';
import { checked } from '../http/checked.js';
import { TextField } from '../http/fields.js';
import { OperationAt } from '../operations/operations.dto.js';
import type { EventsDefinition } from './gen/diecast/v1/events.js';
import type { RpcsOf, StreamRpc } from './rpc.js';

/** HTTP/2 itself shows that a silent stream lives. */
const IDLE_MS = 60_000;

class Resumes {
  @TextField('Id of the last event that the caller has seen.', {
    most: 18,
    pattern: /^(0|[1-9]\d*)$/,
    rule: 'the id of an event, a decimal number',
    optional: true,
  })
  readonly afterEventId?: string;
}

async function* views(batches: AsyncIterable<readonly Event[]>): AsyncGenerator<readonly EventView[], void> {
  for await (const batch of batches) yield batch.map(eventView);
}

/** From the beginning of the operation, or after the event that the caller names, until it is over. */
export const watchesOperation: StreamRpc<EventView> = {
  role: 'viewer',
  async *follow({ afterEventId, ...at }, { store, signal }) {
    const { id } = checked(OperationAt, at);
    const { afterEventId: after = '0' } = checked(Resumes, { afterEventId });
    yield* views(operationEvents(store, id, { after, idleMs: IDLE_MS, signal }));
  },
};

export const EVENT_RPCS: RpcsOf<EventsDefinition> = {
  watch: {
    role: 'viewer',
    async *follow(request, { store, signal }) {
      const after = checked(Resumes, request).afterEventId ?? (await store.events.latestId());
      yield* views(followEvents(store, { after, idleMs: IDLE_MS, signal }));
    },
  },
};
