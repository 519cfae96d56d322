import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import supertest, { type Agent } from 'supertest';
import { expect, jest } from '@jest/globals';
import {
  ERROR_CODES,
  ROLES,
  type ErrorCode,
  type InputOf,
  type OperationKind,
  type Role,
} from '@diecast/model';
import {
  createLogger,
  createMetrics,
  hashToken,
  makeToken,
  openBlobFolder,
  type BlobFolder,
} from '@diecast/platform';
import { openStore, type Store } from '@diecast/store';
import { createApi } from '../../apps/api/src/create-api.js';
import type { ApiParts } from '../../apps/api/src/parts.js';

// An embedded database takes seconds to start on a machine that has other work.
jest.setTimeout(60_000);

/** The REST API over an embedded store, with a token for each role and no worker: what is started stays pending. */
export type TestApi = {
  readonly app: NestExpressApplication;
  readonly store: Store;
  readonly blobs: BlobFolder;
  readonly tokens: Readonly<Record<Role, string>>;
  /** Sends requests with that role's token. */
  as(role: Role): Agent;
  /** Sends requests without a token. */
  anybody(): Agent;
  /** For clients that are not supertest. Returns the address of the server. */
  listen(): Promise<string>;
  close(): Promise<void>;
};

export async function startTestApi(parts: Partial<ApiParts> = {}): Promise<TestApi> {
  const store = parts.store ?? (await openStore());
  const dataDir = await mkdtemp(join(tmpdir(), 'diecast-api-'));
  const blobs = openBlobFolder(dataDir);
  const tokens = { viewer: makeToken(), operator: makeToken(), admin: makeToken() };
  for (const role of ROLES) await store.tokens.insert({ name: role, role, hash: hashToken(tokens[role]) });
  const app = await createApi({
    store,
    blobs,
    config: { imageMaxBytes: 1_000_000, haproxySocket: null },
    log: createLogger({ logLevel: 'silent' }),
    metrics: createMetrics(store),
    queues: [],
    dependencies: [{ name: 'the database', ping: () => store.ping() }],
    ...parts,
  });
  const server = app.getHttpServer();
  return {
    app,
    store,
    blobs,
    tokens,
    as: (role) => {
      const agent = supertest.agent(server);
      agent.set('Authorization', `Bearer ${tokens[role]}`);
      return agent;
    },
    anybody: () => supertest.agent(server),
    async listen() {
      await app.listen(0, '127.0.0.1');
      return app.getUrl();
    },
    async close() {
      await app.close();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly id: string;
    readonly errors?: readonly { readonly path: string }[];
  };
};

/** What a worker would be told by the operation that the answer has started. */
export async function toldBy<Kind extends OperationKind>(
  { store }: TestApi,
  answer: Answer,
  kind: Kind,
): Promise<InputOf<Kind>> {
  expect([answer.status, answer.body]).toEqual([
    202,
    expect.objectContaining({ kind, status: 'pending', result: null }),
  ]);
  expect(answer.headers['location']).toBe(`/v1/operations/${answer.body.id}`);
  expect(answer.body).not.toHaveProperty('input');
  const { input } = await store.operations.require(answer.body.id);
  return input as InputOf<Kind>;
}

/** Holds an answer to be a problem of this code, in its whole form, and returns the paths that it names. */
export function refusal(answer: Answer, code: ErrorCode): readonly string[] {
  const { http, advice } = ERROR_CODES[code];
  expect([answer.status, answer.body]).toEqual([
    http,
    expect.objectContaining({
      ...{ type: `urn:diecast:problem:${code}`, title: expect.any(String), status: http, code, advice },
      ...{ detail: expect.stringMatching(/\.$/), instance: expect.stringMatching(/^\//) },
      requestId: answer.headers['x-request-id'],
    }),
  ]);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  return answer.body.errors?.map(({ path }) => path) ?? [];
}
