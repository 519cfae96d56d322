import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost } from '../../harness/api-world.js';
import { startTestApi, type TestApi } from '../../harness/api.js';
import { openCli, type Cli } from '../../harness/cli.js';

let api: TestApi;
let url: string;
let cli: Cli;
beforeAll(async () => {
  api = await startTestApi();
  url = await api.listen();
  await insertHost(api.store, 'a');
  cli = await openCli();
}, 60_000);
afterAll(async () => {
  await cli.close();
  await api.close();
});

const settings = () => join(cli.home, '.config', 'diecast', 'config.json');

describe('diecast login', () => {
  it('keeps the token, for its owner alone, once the API has taken it (SPEC-CLI-2)', async () => {
    const login = await cli.run(['login', `${url}/`, '--token-stdin'], { stdin: `${api.tokens.viewer}\n` });
    expect(login).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining(`Logged in at ${url}`),
    });
    expect(JSON.parse(await readFile(settings(), 'utf8'))).toEqual({ url, token: api.tokens.viewer });
    expect((await stat(settings())).mode & 0o777).toBe(0o600);
    expect(await cli.run(['get', 'hosts'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^a /m) });
  });

  it('keeps no token that the API does not know, and leaves the one before (SPEC-CLI-2)', async () => {
    const before = await readFile(settings(), 'utf8');
    const login = await cli.run(['login', url, '--token-stdin'], { stdin: 'wrong-token' });
    expect([login.code, login.stdout]).toEqual([4, '']);
    expect(login.stderr).toMatch(/^diecast: .*token.*\n {2}Send "Authorization/);
    expect(await readFile(settings(), 'utf8')).toBe(before);
  });

  it('asks nobody when there is no terminal', async () => {
    const login = await cli.run(['login', url]);
    expect([login.code, login.stderr]).toEqual([2, expect.stringContaining('--token-stdin')]);
  });

  it('refuses what is no address, and a token that can be none', async () => {
    for (const [args, stdin, said] of [
      [['login', 'diecast.example.org', '--token-stdin'], 'x', '"diecast.example.org" is no address'],
      [['login', 'ftp://diecast.example.org', '--token-stdin'], 'x', 'is no address'],
      [['login', 'https://me:secret@diecast.example.org', '--token-stdin'], 'x', 'has no user'],
      [['login', url, '--token-stdin'], '', 'The token is empty.'],
      [['login', url, '--token-stdin'], 'a\nb', 'That is no token'],
    ] as const) {
      const login = await cli.run(args, { stdin });
      expect([login.code, login.stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });

  it('says that nobody answers, or that it is not Diecast who does', async () => {
    const other = createServer((request, response) => {
      if (request.url?.startsWith('/moved') === true)
        response.writeHead(302, { location: 'https://elsewhere.example/' });
      response.end('<html>');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const stranger = await cli.run(['login', `http://127.0.0.1:${port}`, '--token-stdin'], { stdin: 'x' });
      expect([stranger.code, stranger.stderr]).toEqual([
        6,
        expect.stringContaining('not answer as Diecast does'),
      ]);
      const moved = await cli.run(['login', `http://127.0.0.1:${port}/moved`, '--token-stdin'], {
        stdin: 'x',
      });
      expect([moved.code, moved.stderr]).toEqual([
        6,
        expect.stringContaining('sends us on to https://elsewhere'),
      ]);
    } finally {
      other.closeAllConnections();
      other.close();
    }
    const nobody = await cli.run(['login', `http://127.0.0.1:${port}`, '--token-stdin'], { stdin: 'x' });
    expect([nobody.code, nobody.stderr]).toEqual([6, expect.stringContaining('nobody listens there')]);
  });
});

describe('which Diecast is meant', () => {
  it('is what the environment says, before what was kept', async () => {
    const env = { DIECAST_TOKEN: 'wrong-token' };
    expect(await cli.run(['get', 'hosts'], { env })).toMatchObject({ code: 4, stdout: '' });
    const away = await cli.run(['get', 'hosts'], { env: { ...env, DIECAST_URL: 'http://127.0.0.1:9' } });
    expect([away.code, away.stderr]).toEqual([6, expect.stringContaining('http://127.0.0.1:9')]);
  });

  it('never gets the token that was kept for another one (SPEC-CLI-2)', async () => {
    const heard: unknown[] = [];
    const other = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.end('{"items":[],"nextCursor":null}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = other.address() as AddressInfo;
      const get = await cli.run(['get', 'hosts'], { env: { DIECAST_URL: `http://127.0.0.1:${port}` } });
      expect([get.code, get.stderr]).toEqual([4, expect.stringContaining('There is no token for')]);
      expect(heard).toEqual([]);
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  it('is nobody after a logout, and nobody is told twice', async () => {
    expect(await cli.run(['logout'])).toMatchObject({ code: 0, stderr: 'Logged out.\n' });
    expect(await cli.run(['logout'])).toMatchObject({ code: 0, stderr: 'Nobody was logged in.\n' });
    expect(await cli.run(['get', 'hosts'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nobody is logged in.'),
    });
  });

  it('cannot be read from a file that somebody broke, and the file is named', async () => {
    await cli.run(['login', url, '--token-stdin'], { stdin: api.tokens.viewer });
    await writeFile(settings(), '{');
    const get = await cli.run(['get', 'hosts']);
    expect([get.code, get.stderr]).toEqual([2, expect.stringContaining(settings())]);
  });
});
