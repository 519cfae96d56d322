import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '@diecast/model';
import { listRoutes, makeToken, type Route } from '@diecast/platform';
import { startTestApi, type TestApi } from '../../harness/api.js';

let api: TestApi;
let routes: readonly Route[];
beforeAll(async () => {
  api = await startTestApi();
  routes = listRoutes(api.app);
}, 60_000);
afterAll(() => api.close());

const UUID = '00000000-0000-7000-8000-000000000000';
const DIGEST = `sha256:${'0'.repeat(64)}`;
const pathOf = ({ path }: Route): string =>
  path.replace(':id', UUID).replace(':digest', DIGEST).replace(/:\w+/, 'nobody');

type Method = 'get' | 'post' | 'put' | 'delete';
const send = (route: Route, role: Role | null, token?: string) => {
  const agent = role === null ? api.anybody() : api.as(role);
  const request = agent[route.method.toLowerCase() as Method](pathOf(route));
  return token === undefined ? request : request.set('Authorization', `Bearer ${token}`);
};

describe('who may call what', () => {
  it('is said of every route, and of two that it is everybody (SPEC-API-2)', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter(({ rule }) => rule === null)).toEqual([]);
    const open = routes.filter(({ rule }) => rule?.kind === 'public').map(({ path }) => path);
    expect(open).toEqual(['/health/live', '/health/ready']);
  });

  it('only a token that is known is let in, on every route that is not public (SPEC-API-2)', async () => {
    for (const route of routes) {
      if (route.rule?.kind !== 'role') continue;
      for (const token of [undefined, makeToken()]) {
        const answer = await send(route, null, token);
        expect([route, answer.status, answer.body.code]).toEqual([route, 401, 'unauthenticated']);
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      }
    }
  });

  it('every lesser role is turned away from every route, and told which one it needs (SPEC-API-2)', async () => {
    for (const route of routes) {
      if (route.rule?.kind !== 'role') continue;
      const { role: needed } = route.rule;
      for (const role of ROLES.slice(0, ROLES.indexOf(needed))) {
        const answer = await send(route, role);
        expect([route, role, answer.status, answer.body.code]).toEqual([route, role, 403, 'forbidden']);
        expect(answer.body.detail).toContain(`the role ${needed}`);
      }
    }
  });

  it('reading is for viewers, changing for operators, hosts and tokens for administrators', () => {
    for (const { method, path, rule } of routes) {
      if (rule?.kind !== 'role') continue;
      const reads = method === 'GET' || path.endsWith('/plan');
      const needed = reads ? 'viewer' : /^\/v1\/(hosts|tokens)/.test(path) ? 'admin' : 'operator';
      expect([method, path, rule.role]).toEqual([method, path, needed]);
    }
  });

  it('the documentation is for everybody', async () => {
    await api.anybody().get('/docs').expect(200).expect('Content-Type', /html/);
    await api.anybody().get('/openapi.json').expect(200).expect('Content-Type', /json/);
  });

  it('the queue board is for administrators, who give their token as password in a browser', async () => {
    const refused = await api.anybody().get('/queues/api/queues').expect(401);
    expect(refused.headers['www-authenticate']).toMatch(/^Basic/);
    expect(refused.body).toMatchObject({ code: 'unauthenticated', instance: '/queues/api/queues' });
    await api.as('operator').get('/queues').expect(403);
    await api.anybody().get('/queues').auth('anyone', api.tokens.operator).expect(403);
    await api.anybody().get('/queues/api/queues').auth('anyone', makeToken()).expect(401);
    await api
      .anybody()
      .get('/queues')
      .auth('anyone', api.tokens.admin)
      .expect(200)
      .expect('Content-Type', /html/);
    await api.as('admin').get('/queues/api/queues').expect(200);
  });

  it('a revoked token is no token', async () => {
    const made = await api.as('admin').post('/v1/tokens').send({ name: 'short', role: 'viewer' }).expect(201);
    const bearer = `Bearer ${made.body.token}`;
    await api.anybody().get('/v1/hosts').set('Authorization', bearer).expect(200);
    await api.as('admin').delete('/v1/tokens/short').expect(204);
    await api.anybody().get('/v1/hosts').set('Authorization', bearer).expect(401);
  });
});
