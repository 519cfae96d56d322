import type { Event, Json } from '@diecast/model';
import { AnyShown, iso, ObjectShown, TextShown, TimeShown } from '../http/shown.js';
import { ResourceView } from '../operations/operations.view.js';

export class EventView {
  @TextShown('Grows with every event; send it as `Last-Event-ID` to go on after it.', { example: '4711' })
  readonly id!: string;

  @TimeShown('When it happened.')
  readonly at!: string;

  @TextShown('What happened.', { example: 'operation.changed' })
  readonly type!: string;

  @ObjectShown('What it happened to.', () => ResourceView)
  readonly resource!: ResourceView;

  @AnyShown('How it is now; of an operation as GET /v1/operations/{id} answers it.')
  readonly data!: Json;
}

export const eventView = (event: Event): EventView => ({
  id: event.id,
  at: iso(event.at),
  type: event.type,
  resource: event.resource,
  data: event.type === 'operation.changed' ? withoutInput(event.data) : event.data,
});

/** What an operation was told is between the api and the worker; no answer shows it. */
function withoutInput(data: Json): Json {
  if (data === null || typeof data !== 'object' || !('input' in data)) return data;
  const { input: _, ...rest } = data;
  return rest;
}
