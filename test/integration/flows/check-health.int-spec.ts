import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkHealth } from '@diecast/flows';
import type { HealthSpec } from '@diecast/model';
import { makeAuthority, type Authority } from '../../harness/libvirtd-pki.js';

const ADDRESS = '127.0.0.1';
const never = new AbortController().signal;
const timing = { intervalSeconds: 1, timeoutSeconds: 1, successes: 1, failures: 1, startPeriodSeconds: 1 };
type Wish = Partial<Extract<HealthSpec, { readonly kind: 'http' }>>;

/** Says who it was asked for, and whatever the path asks for. */
const listener: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '/', 'http://machine');
  if (url.pathname === '/silent') return;
  response.statusCode = Number(url.searchParams.get('status') ?? 200);
  response.write('x'.repeat(Number(url.searchParams.get('before') ?? 0)));
  if (url.pathname === '/endless') return;
  response.end(`ready for ${request.headers.host}`);
};

describe('a look at a machine over the network', () => {
  let dir: string;
  let authority: Authority;
  let ca: string;
  const servers: Server[] = [];

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    server.listen(0, ADDRESS);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }
  let plain: number;
  let named: number;
  let addressed: number;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'diecast-health-'));
    authority = await makeAuthority(dir);
    ca = await readFile(authority.ca, 'utf8');
    const secure = async (...alternativeNames: readonly string[]): Promise<number> => {
      const issued = await authority.issue({ name: 'web.example', alternativeNames, usage: 'serverAuth' });
      const [cert, key] = await Promise.all([readFile(issued.cert), readFile(issued.key)]);
      return listen(createSecureServer({ cert, key }, listener));
    };
    plain = await listen(createServer(listener));
    named = await secure();
    addressed = await secure(`IP:${ADDRESS}`);
  }, 30_000);
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(dir, { recursive: true, force: true });
  });

  const look = (port: number, wish: Wish = {}) =>
    checkHealth(ADDRESS, { ...timing, kind: 'http', port, path: '/', status: 200, ...wish }, never);

  it('passes by the status that is wanted, and says which one it saw (SPEC-CHECK-2)', async () => {
    expect(await look(plain)).toEqual({ passed: true, seen: 'status 200' });
    expect(await look(plain, { path: '/?status=503' })).toEqual({
      passed: false,
      seen: 'status 503, not 200',
    });
    expect(await look(plain, { path: '/?status=503', status: 503 })).toMatchObject({ passed: true });
  });

  it('looks for a text in the first 64 KiB, and waits for no more than these (SPEC-CHECK-2)', async () => {
    const bodyContains = 'ready for';
    expect(await look(plain, { bodyContains })).toMatchObject({ passed: true });
    expect(await look(plain, { bodyContains: 'broken' })).toEqual({
      passed: false,
      seen: 'status 200, without the text "broken"',
    });
    expect(await look(plain, { bodyContains, path: '/?before=60000' })).toMatchObject({ passed: true });
    expect(await look(plain, { bodyContains, path: '/?before=70000' })).toMatchObject({ passed: false });
    expect(await look(plain, { bodyContains: 'xxx', path: '/endless?before=100000' })).toMatchObject({
      passed: true,
    });
  });

  it('asks for the server by the name that is declared (SPEC-CHECK-2)', async () => {
    const bodyContains = `ready for web.example:${plain}`;
    expect(await look(plain, { bodyContains, serverName: 'web.example' })).toMatchObject({ passed: true });
    expect(await look(plain, { bodyContains })).toMatchObject({ passed: false });
  });

  it('believes any certificate unless it has to be valid, for the name or the address (SPEC-CHECK-2)', async () => {
    const scheme = 'https' as const;
    expect(await look(named, { scheme })).toMatchObject({ passed: true });
    expect(await look(named, { scheme, serverName: 'other.example' })).toMatchObject({ passed: true });
    const strict = { scheme, tlsVerify: true, ca } as const;
    expect(await look(addressed, strict)).toMatchObject({ passed: true });
    expect(await look(named, { ...strict, serverName: 'web.example' })).toMatchObject({ passed: true });
    const refused = [
      await look(named, strict),
      await look(named, { ...strict, serverName: 'other.example' }),
      await look(addressed, { scheme, tlsVerify: true }),
      await look(plain, { scheme }),
      await look(named),
    ];
    expect(refused.map(({ passed }) => passed)).toEqual(Array(5).fill(false));
    expect(refused.map(({ seen }) => seen)).toEqual([
      expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
      expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
      expect.stringMatching(/unable to (get|verify)/),
      expect.stringContaining('SSL'),
      expect.stringContaining('socket hang up'),
    ]);
  });

  it('has failed when nobody answers in time, nobody is there, or the connection breaks (SPEC-CHECK-2)', async () => {
    const leaving = createServer();
    const closed = await listen(leaving);
    leaving.close();
    expect(await look(plain, { path: '/silent' })).toEqual({ passed: false, seen: 'no answer within 1 s' });
    expect(await look(plain, { path: '/endless', bodyContains: 'ready' })).toEqual({
      passed: false,
      seen: 'no answer within 1 s',
    });
    expect((await look(closed)).seen).toContain('ECONNREFUSED');
    const tcp = (port: number) => checkHealth(ADDRESS, { ...timing, kind: 'tcp', port }, never);
    expect(await tcp(plain)).toEqual({ passed: true, seen: `port ${plain} accepts` });
    expect((await tcp(closed)).seen).toContain('ECONNREFUSED');
  });
});
