import { isOperationOver, type Json, type Operation } from '@diecast/model';
import { onceByKey, waitForOperation, type Answer } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { operationView } from '../operations/operations.view.js';
import type { Call } from './call.js';
import type { Departure } from './departure.js';

/** An operation was started. */
export const accepted = (operation: Operation): Answer => ({
  status: 202,
  headers: { Location: `/v1/operations/${operation.id}` },
  body: toJson(operationView(operation)),
});

/** It is done already. */
export const done = (status: number, body: object | null): Answer => ({
  status,
  headers: {},
  body: body && toJson(body),
});

/** Of a view: those are made of JSON alone, which the type of a class cannot say. */
const toJson = (view: object): Json => view as Json;

/** Requests that change something: once per Idempotency-Key, and with the patience that the client asks for. */
export class Mutations {
  constructor(
    private readonly store: Store,
    private readonly departure: Departure,
  ) {}

  start(call: Call, work: (store: Store) => Promise<Operation>): Promise<Json> {
    return this.answer(call, async (store) => {
      const operation = await work(store);
      if (call.ifBusy === 'refuse') await store.operations.requireTurn(operation.id);
      return accepted(operation);
    });
  }

  /** @param work runs in one transaction with the key */
  async answer(call: Call, work: (store: Store) => Promise<Answer>): Promise<Json> {
    const { idempotencyKey: key, principal, method, path, body, response } = call;
    const request = { key, principal: principal.name, method, path, body };
    const answer = await onceByKey(this.store, request, work);
    response.status(answer.status);
    if (answer.replayed) response.setHeader('Idempotency-Replayed', 'true');
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    const id = answer.status === 202 ? idIn(answer.body) : undefined;
    return id === undefined || call.waitSeconds === 0 ? answer.body : this.waitFor(call, id);
  }

  private async waitFor({ response, waitSeconds, gone }: Call, id: string): Promise<Json> {
    const operation = await waitForOperation(this.store, id, waitSeconds, this.departure.or(gone));
    response.status(isOperationOver(operation.status) ? 200 : 202);
    return toJson(operationView(operation));
  }
}

function idIn(body: Json): string | undefined {
  const id = body !== null && typeof body === 'object' && 'id' in body ? body.id : undefined;
  return typeof id === 'string' ? id : undefined;
}
