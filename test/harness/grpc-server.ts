import { ROLES, type Role } from '@diecast/model';
import { createLogger, hashToken, makeToken } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { startGrpc, type GrpcParts } from '../../apps/api/src/grpc/start-grpc.js';
import { connectGrpc, RpcFailure, type GrpcClient, type Message } from './grpc.js';

export type TestGrpc = {
  readonly client: GrpcClient;
  readonly tokens: Readonly<Record<Role, string>>;
  /** @param rpc `Hosts/Get`. @throws RpcFailure */
  as(role: Role, rpc: string, request?: Message): Promise<Message>;
  /** The server alone; the client sees how it leaves. */
  leave(): Promise<void>;
  close(): Promise<void>;
};

/** The gRPC API over a store, with a token of its own for each role and no worker: what is started stays pending. */
export async function startTestGrpc(store: Store, parts: Partial<GrpcParts> = {}): Promise<TestGrpc> {
  const tokens = { viewer: makeToken(), operator: makeToken(), admin: makeToken() };
  for (const role of ROLES) {
    const hash = hashToken(tokens[role]);
    await store.tokens.insert({ name: `${role}-${hash.slice(0, 8)}`, role, hash });
  }
  const server = await startGrpc({
    store,
    config: { httpHost: '127.0.0.1', grpcPort: 0, haproxySocket: null },
    log: createLogger({ logLevel: 'silent' }),
    dependencies: [{ name: 'the database', ping: () => store.ping() }],
    ...parts,
  });
  const client = await connectGrpc(server.port);
  return {
    client,
    tokens,
    as: (role, rpc, request = {}) => client.call(`diecast.v1.${rpc}`, request, { token: tokens[role] }),
    leave: () => server.close(),
    async close() {
      client.close();
      await server.close();
    },
  };
}

/** How the call was refused. @throws Error when it was not */
export async function refusalOf(call: Promise<unknown>): Promise<RpcFailure> {
  const answer: unknown = await call.catch((error: unknown) => error);
  if (answer instanceof RpcFailure) return answer;
  throw new Error(`Expected a refusal, got ${JSON.stringify(answer)}`);
}
