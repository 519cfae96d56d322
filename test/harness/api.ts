import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import supertest, { type Agent } from 'supertest';
import { ROLES, type Role } from '@diecast/model';
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
    async close() {
      await app.close();
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
