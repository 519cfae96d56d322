import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openStore } from '@diecast/store';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';
import { insertImage, insertProvenImage, sampleSettings, sampleSpec } from '../../harness/samples.js';

describe('what is frozen in the database', () => {
  let server: PrivatePostgres;
  beforeAll(async () => {
    server = await startPrivatePostgres();
  }, 60_000);
  afterAll(() => server?.stop());

  it('refuses every change of a frozen column and every deletion, whoever asks (SPEC-ITER-1)', async () => {
    const databaseUrl = await server.createDatabase();
    const store = await openStore({ databaseUrl });
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      const image = await insertProvenImage(store, 'web');
      const other = await insertImage(store, 'other');
      await store.services.declare('web', sampleSpec(image), sampleSettings(1), 'test');
      const refused = async (sql: string): Promise<void> => {
        await expect(client.query(sql)).rejects.toMatchObject({ code: expect.stringMatching(/^DC00[12]$/) });
      };
      await refused(`update iterations set spec = '{}'`);
      await refused(`update iterations set spec_hash = 'x'`);
      await refused(`update iterations set image_digest = '${other}'`);
      await refused(`update iterations set number = 2`);
      await refused(`update iterations set service = 'api'`);
      await refused(`update iterations set created_at = now() - interval '1 day'`);
      await refused(`delete from iterations`);
      await refused(`truncate iterations cascade`);
      await refused(`update images set manifest = '{}' where digest = '${image}'`);
      await refused(`update images set evidence = '{}' where digest = '${image}'`);
      await refused(`update images set signature_status = 'verified' where digest = '${image}'`);
      await refused(`update images set name = 'api' where digest = '${image}'`);
      await refused(`delete from images where digest = '${image}'`);
      // What is not frozen may change: a deed of the rollout, and a status.
      await store.services.markKnownGood('web', 1, new Date());
      await store.images.setStatus(image, 'revoked', 'a hole was found');
    } finally {
      await client.end();
      await store.close();
    }
  }, 30_000);

  it('is brought up to date once, however many processes start at the same time', async () => {
    const databaseUrl = await server.createDatabase();
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore({ databaseUrl })));
    await Promise.all(stores.map((store) => store.ping()));
    expect(await stores[0]?.hosts.all()).toEqual([]);
    await Promise.all(stores.map((store) => store.close()));
  }, 60_000);
});
