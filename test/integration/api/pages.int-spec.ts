import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { createLogger, openBlobFolder, readConfig } from '@diecast/platform';
import { closeAll, connectRedis, startPrivateRedis, tickQueue, TICKS } from '@diecast/queue';
import { openStore } from '@diecast/store';
import { startApi } from '../../../apps/api/src/start-api.js';

const TOKEN = 'the-token-of-a-person-with-a-browser';
let dataDir: string;
let url: string;
let browser: Browser;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'diecast-pages-'));
  const config = readConfig({
    DIECAST_DATA_DIR: dataDir,
    DIECAST_HTTP_PORT: '0',
    DIECAST_GRPC_PORT: '0',
    DIECAST_ADMIN_TOKEN: TOKEN,
  });
  const log = createLogger({ logLevel: 'silent' });
  const store = await openStore();
  opened.push(store);
  const server = await startPrivateRedis({ dataDir, log });
  opened.push({ close: () => server.stop() });
  const redis = connectRedis(`unix://${server.socketPath}`, log);
  opened.push(redis);
  const api = await startApi({ store, redis, blobs: openBlobFolder(dataDir), config, log });
  opened.push(api);
  ({ url } = api);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  opened.push(browser);
}, 120_000);

afterAll(async () => {
  await closeAll(opened.toReversed());
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

describe('the documentation, in a browser', () => {
  it('takes a token once, and its examples work as they stand', async () => {
    const page = await browser.newPage();
    const isAuthorized = () => page.locator('.auth-wrapper .authorize.locked').isVisible();
    await page.goto(`${url}/docs`);
    await page.locator('.auth-wrapper .authorize').click();
    await page.locator('.auth-container input').fill(TOKEN);
    await page.locator('.auth-container .authorize').click();
    await page.locator('.auth-container .btn-done').click();

    const register = page.locator('#operations-hosts-hosts_register');
    await register.locator('.opblock-summary-control').click();
    await register.locator('.execute').click();
    expect(await register.locator('.live-responses-table .response-col_status').last().innerText()).toMatch(
      /^202/,
    );

    const find = page.locator('#operations-hosts-hosts_find');
    await find.locator('.opblock-summary-control').click();
    await find.locator('.execute').click();
    const answer = find.locator('.live-responses-table .highlight-code').first();
    expect(await answer.innerText()).toContain('"uri": "qemu+unix:///system"');

    await page.reload();
    await page.locator('#operations-hosts-hosts_find').waitFor();
    expect(await isAuthorized()).toBe(true);
    await page.close();
  }, 120_000);
});

describe('the queue board, in a browser', () => {
  it('asks for a password, takes the token for it, and shows the queues', async () => {
    const stranger = await browser.newPage();
    const refused = await stranger.goto(`${url}/queues`).catch(() => null);
    expect([401, undefined]).toContain(refused?.status());
    await stranger.close();

    const context = await browser.newContext({ httpCredentials: { username: 'me', password: TOKEN } });
    const page = await context.newPage();
    await page.goto(`${url}/queues`);
    await page.getByText('operations', { exact: true }).first().waitFor();
    for (const name of TICKS.map(tickQueue))
      expect(await page.getByText(name, { exact: true }).first().isVisible()).toBe(true);
    await context.close();
  }, 120_000);
});
