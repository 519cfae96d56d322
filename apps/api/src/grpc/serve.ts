import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { authenticate, authorise, bearerOf, type Logger } from '@diecast/platform';
import { ERROR_CODES, toAppError, type AppError } from '@diecast/model';
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
    void enter(rpc, method, path, wire, parts)
      .then(({ request, call }) => rpc.answer(request, call))
      .then(
        (view) => {
          account.close();
          callback(null, view);
        },
        (thrown: unknown) => callback(statusOf(account.close(thrown), account.requestId)),
      );
  };

const serveStream =
  (rpc: StreamRpc, method: Method, path: string, parts: ServeParts) =>
  (wire: ServerWritableStream<Buffer, object>): void => {
    const account = keepAccount(path, parts.log);
    void enter(rpc, method, path, wire, parts)
      .then(({ request, call }) => send(rpc.follow(request, call), wire, call.signal))
      .then(() => {
        if (parts.leaving.aborted && !wire.cancelled) throw leaves();
      })
      .then(
        () => {
          account.close();
          wire.end();
        },
        (thrown: unknown) => wire.emit('error', statusOf(account.close(thrown), account.requestId)),
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
  return {
    requestId,
    /** @returns what was thrown, in our words */
    close(thrown?: unknown): AppError {
      const facts = { rpc, requestId, milliseconds: Math.round(performance.now() - began) };
      if (thrown === undefined) {
        log.info(facts, 'rpc answered');
      }
      const error = toAppError(thrown);
      const defect = ERROR_CODES[error.code].http >= 500;
      if (thrown !== undefined)
        log[defect ? 'error' : 'warn'](
          { ...facts, code: error.code, ...(defect ? { err: error } : {}) },
          'rpc failed',
        );
      return error;
    },
  };
}
