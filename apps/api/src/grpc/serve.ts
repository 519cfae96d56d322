import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type StatusObject,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { authenticate, authorise, bearerOf, type Logger } from '@diecast/platform';
import { ERROR_CODES, toAppError } from '@diecast/model';
import type { Store } from '@diecast/store';
import { leaves, type Call, type StreamRpc, type UnaryRpc } from './rpc.js';
import { statusOf } from './status.js';
import { pathOf, toJson, type Definition, type JsonObject, type Method } from './wire.js';

export type ServeParts = {
  readonly store: Store;
  readonly log: Logger;
  /** Aborts when the program leaves: streams end, and nobody waits any longer. */
  readonly leaving: AbortSignal;
};

type Rpcs = Readonly<Record<string, UnaryRpc | StreamRpc>>;
type AnyCall = ServerUnaryCall<Buffer, object> | ServerWritableStream<Buffer, object>;

/** What grpc-js calls: every rpc of the service behind its rule, and no error but as a status. */
export function implementationOf(
  definition: Definition,
  rpcs: Rpcs,
  parts: ServeParts,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(definition.methods).map(([name, method]) => {
      const rpc = rpcs[name];
      if (rpc === undefined) throw new Error(`${pathOf(definition, method)} is not implemented.`);
      const path = pathOf(definition, method);
      return [
        name,
        'follow' in rpc ? serveStream(rpc, method, path, parts) : serveUnary(rpc, method, path, parts),
      ];
    }),
  );
}

const serveUnary =
  (rpc: UnaryRpc, method: Method, path: string, parts: ServeParts) =>
  (wire: ServerUnaryCall<Buffer, object>, callback: sendUnaryData<object>): void => {
    const account = keepAccount(path, parts.log);
    enter(rpc, method, path, wire, parts)
      .then(({ request, call }) => rpc.answer(request, call))
      .then(
        (view) => {
          account.answered();
          callback(null, view);
        },
        (thrown: unknown) => callback(account.failed(thrown)),
      );
  };

const serveStream =
  (rpc: StreamRpc, method: Method, path: string, parts: ServeParts) =>
  (wire: ServerWritableStream<Buffer, object>): void => {
    const account = keepAccount(path, parts.log);
    enter(rpc, method, path, wire, parts)
      .then(({ request, call }) => send(rpc.follow(request, call), wire, call.signal))
      .then(() => {
        if (parts.leaving.aborted && !wire.cancelled) throw leaves();
      })
      .then(
        () => {
          account.answered();
          wire.end();
        },
        (thrown: unknown) => wire.emit('error', account.failed(thrown)),
      );
  };

/** Who it is, whether they may, and only then what they want. */
async function enter(
  { role }: UnaryRpc | StreamRpc,
  method: Method,
  path: string,
  wire: AnyCall,
  { store, leaving }: ServeParts,
): Promise<{ readonly request: JsonObject; readonly call: Call }> {
  const gone = new AbortController();
  wire.once('cancelled', () => gone.abort());
  const [authorization] = wire.metadata.get('authorization');
  const [ifBusy] = wire.metadata.get('if-busy');
  const principal = await authenticate(store, bearerOf(authorization?.toString()));
  authorise(principal, role);
  const { idempotencyKey, waitSeconds, ...request } = toJson(method.requestType, wire.request);
  return {
    request,
    call: {
      store,
      principal,
      path,
      idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : undefined,
      waitSeconds,
      ifBusy: ifBusy?.toString(),
      leftMs: () => Number(wire.getDeadline()) - Date.now(),
      signal: AbortSignal.any([gone.signal, leaving]),
    },
  };
}

/** No faster than the caller reads. */
async function send(
  batches: AsyncIterable<readonly object[]>,
  wire: ServerWritableStream<Buffer, object>,
  signal: AbortSignal,
): Promise<void> {
  // The head leaves at once, so that the caller knows that it is heard.
  wire.sendMetadata(new Metadata());
  for await (const batch of batches) {
    for (const view of batch) {
      if (signal.aborted) return;
      if (!wire.write(view)) await once(wire, 'drain', { signal }).catch(ignoreAbort(signal));
    }
  }
}

const ignoreAbort = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error;
};

/** One line in the log for each call, at its end. */
function keepAccount(rpc: string, log: Logger) {
  const requestId = randomUUID();
  const began = performance.now();
  const facts = () => ({ rpc, requestId, milliseconds: Math.round(performance.now() - began) });
  return {
    answered: (): void => log.info(facts(), 'rpc answered'),
    failed(thrown: unknown): StatusObject {
      const error = toAppError(thrown);
      const { code } = error;
      if (ERROR_CODES[code].http >= 500) log.error({ ...facts(), code, err: error }, error.message);
      else log.warn({ ...facts(), code }, 'rpc refused');
      return statusOf(error, requestId);
    },
  };
}
