import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { listRoutes } from '@diecast/platform';
import { renderApi } from '../../../apps/api/src/openapi.js';
import { startTestApi, type TestApi } from '../../harness/api.js';

let api: TestApi;
let document: OpenAPIObject;
beforeAll(async () => {
  api = await startTestApi();
  document = (await api.anybody().get('/openapi.json')).body;
}, 60_000);
afterAll(() => api.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'put', 'post', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );

describe('the OpenAPI document', () => {
  it('is what docs/openapi.json says (SPEC-API-3)', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8');
    expect(JSON.parse(page)).toEqual(document);
    expect(page).toBe(renderApi(api.app));
  });

  it('has every route, each with a tag, a summary, and an id of its own', () => {
    const all = operations();
    expect(all.length).toBe(listRoutes(api.app).length);
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
    const tags = new Set(document.tags?.map(({ name }) => name));
    for (const { path, operation } of all) {
      expect([path, operation.tags?.filter((tag) => tags.has(tag)).length]).toEqual([path, 1]);
      expect([path, operation.summary]).not.toEqual([path, undefined]);
    }
  });

  it('names nothing that it does not have, and describes every field', () => {
    const schemas = document.components?.schemas ?? {};
    const named = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w*)"/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => name === undefined || !(name in schemas))).toEqual([]);
    for (const [name, schema] of Object.entries(schemas)) {
      if (!('properties' in schema)) continue;
      for (const [field, property] of Object.entries(schema.properties ?? {}))
        expect([name, field, property]).toEqual([
          name,
          field,
          expect.objectContaining({ description: expect.any(String) }),
        ]);
    }
  });

  it('has only examples that are right as they stand', async () => {
    let sent = 0;
    for (const { path, method, operation } of operations()) {
      const body = operation.requestBody;
      const examples = body && 'content' in body ? body.content['application/json']?.examples : undefined;
      for (const [name, example] of Object.entries(examples ?? {})) {
        if (!('value' in example)) continue;
        const id = '00000000-0000-7000-8000-000000000000';
        const target = path.replace('{id}', id).replace('{reference}', 'tiny-http').replace('{name}', 'web');
        const answer = await api.as('admin')[method](target).send(example.value);
        // There is no such machine or image here; what counts is that nothing is wrong with the body.
        expect([200, 201, 202, 404]).toContain(answer.status);
        expect([path, name, answer.body.errors]).toEqual([path, name, undefined]);
        sent += 1;
      }
    }
    expect(sent).toBeGreaterThan(15);
  });
});
