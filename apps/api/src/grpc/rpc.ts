import { AppError, type Json, type Operation, type Principal, type Role } from '@diecast/model';
import { MAX_WAIT_SECONDS, onceByKey, parseIfBusy, waitForOperation } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { checked } from '../http/checked.js';
import { WholeField } from '../http/fields.js';
import { operationView, type OperationView } from '../operations/operations.view.js';
import type { Definition, JsonObject, Method } from './wire.js';

/** Who calls, and how: what an rpc needs beside its request. */
export type Call = {
  readonly store: Store;
  readonly principal: Principal;
  /** `/diecast.v1.Hosts/Get`. */
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  /** As it was sent. */
  readonly waitSeconds: unknown;
  /** Of the metadata `if-busy`, as it was sent. */
  readonly ifBusy: unknown;
  /** Milliseconds until the caller gives up; Infinity when it does not say. */
  readonly leftMs: () => number;
  /** Aborts when the caller has gone or the program leaves. */
  readonly signal: AbortSignal;
};

export type UnaryRpc<View extends object = object> = {
  readonly role: Role;
  readonly answer: (request: JsonObject, call: Call) => Promise<View>;
};
export type StreamRpc<View extends object = object> = {
  readonly role: Role;
  readonly follow: (request: JsonObject, call: Call) => AsyncIterable<readonly View[]>;
};

type MessageOf<Codec> = Codec extends { decode(...args: never): infer Message } ? Message : never;
/** A view that has a field for each one of the message that is always there. */
type ViewOf<Codec> = { readonly [Field in keyof MessageOf<Codec>]: unknown };
type RpcOf<M extends Method> = M extends { readonly responseStream: true }
  ? StreamRpc<ViewOf<M['responseType']>>
  : UnaryRpc<ViewOf<M['responseType']>>;

/** Every rpc of a service: who may call it, and what it does. The compiler misses none. */
export type RpcsOf<D extends Definition> = {
  readonly [Name in keyof D['methods']]: RpcOf<D['methods'][Name]>;
};

type RequestClass<Request extends object> = new () => Request;

/** Changes nothing. */
export const reads = <Request extends object, View extends object>(
  type: RequestClass<Request>,
  read: (store: Store, request: Request, call: Call) => Promise<View>,
): UnaryRpc<View> => ({
  role: 'viewer',
  answer: async (request, call) => read(call.store, checked(type, request), call),
});

/** Changes something at once, in one transaction with the idempotency key. */
export const changes = <Request extends object, View extends object>(
  role: Role,
  type: RequestClass<Request>,
  change: (store: Store, request: Request, by: string, call: Call) => Promise<View>,
): UnaryRpc<View> => ({
  role,
  answer: async (request, call) => {
    const wanted = checked(type, request);
    return onceForKey(call, request, (store) => change(store, wanted, call.principal.name, call));
  },
});

/** Starts an operation, and waits for its end as long as the caller wishes. */
export const starts = <Request extends object>(
  role: Role,
  type: RequestClass<Request>,
  start: (store: Store, request: Request, by: string) => Promise<Operation>,
): UnaryRpc<OperationView> => {
  const started = changes(role, type, async (store, request: Request, by, call) => {
    const ifBusy = parseIfBusy(call.ifBusy, 'if-busy');
    const operation = await start(store, request, by);
    if (ifBusy === 'refuse') await store.operations.requireTurn(operation.id);
    return operationView(operation);
  });
  return {
    role,
    answer: async (request, call) => {
      const patience = patienceOf(call);
      const view = await started.answer(request, call);
      return patience === 0 ? view : lookAt(call, view.id, patience);
    },
  };
};

/** The operation when it is over or stuck, or as it stands when the time is up. */
export const lookAt = async (call: Call, id: string, seconds: number): Promise<OperationView> =>
  operationView(await waitForOperation(call.store, id, seconds, call.signal));

/** Left for the answer itself, before the caller's deadline. */
const ANSWER_MS = 250;

class Patience {
  @WholeField('To wait for the end of the operation.', 0, MAX_WAIT_SECONDS, {
    unit: 'seconds',
    optional: true,
  })
  readonly waitSeconds?: number;
}

/** Never beyond the deadline: an answer is worth more than DEADLINE_EXCEEDED. @throws AppError `invalid` */
export function patienceOf(call: Call): number {
  const { waitSeconds = 0 } = checked(Patience, { waitSeconds: call.waitSeconds });
  return Math.max(0, Math.min(waitSeconds, (call.leftMs() - ANSWER_MS) / 1000));
}

async function onceForKey<View extends object>(
  { store, principal, idempotencyKey: key, path }: Call,
  body: JsonObject,
  work: (store: Store) => Promise<View>,
): Promise<View> {
  const request = { key, principal: principal.name, method: 'GRPC', path, body };
  const answer = await onceByKey(store, request, async (inside) => ({
    status: 200,
    headers: {},
    body: (await work(inside)) as Json,
  }));
  // Views are made of JSON alone, so what was kept is what was answered.
  return answer.body as unknown as View;
}

/** What a stream ends with when the program leaves. */
export const leaves = (): AppError =>
  new AppError('unavailable', 'This server stops. Call again with after_event_id: no event is lost.');
