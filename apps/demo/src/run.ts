import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage, DEFAULT_CACHE } from '../../lab/src/images/build.js';
import { bringUp, tearDown, type LabState } from '../../lab/src/lab.js';
import { Client } from './client.js';
import { Load } from './load.js';
import type { DemoOptions } from './options.js';
import { keepEvidence } from './evidence.js';
import { freePort } from './ports.js';
import { Screen } from './screen.js';
import { StandaloneProcess } from './standalone-process.js';
import { finish, tell, type Figures, type Story } from './story.js';

/** What has to go again, in reverse order of its coming, whatever ends the demo. */
class Cleanup {
  private readonly parts: { readonly name: string; readonly work: () => Promise<void> }[] = [];

  add(name: string, work: () => Promise<void>): void {
    this.parts.push({ name, work });
  }

  async run(screen: Screen): Promise<void> {
    for (let part = this.parts.pop(); part !== undefined; part = this.parts.pop()) {
      await part
        .work()
        .catch((error: unknown) => screen.say(`could not end ${part?.name}: ${String(error)}`));
    }
  }
}

type Imagery = Story['images'];

async function buildImages(screen: Screen): Promise<Imagery> {
  const build = (variant: 'v1' | 'v2' | 'broken') =>
    screen.step(
      `build image tiny-http ${variant}`,
      () => buildImage('tiny-http', { cacheDir: DEFAULT_CACHE, variant, log: () => undefined }),
      ({ digest }) => `${digest.slice(0, 19)}…`,
    );
  return {
    first: (await build('v1')).folder,
    second: (await build('v2')).folder,
    broken: (await build('broken')).folder,
  };
}

function storyOf(
  lab: LabState,
  options: DemoOptions,
  parts: Pick<Story, 'client' | 'screen' | 'load' | 'front' | 'images'>,
): Story {
  const { bridge, gateway, prefix, guestRange } = lab.network;
  return {
    ...parts,
    replicas: options.replicas,
    hosts: lab.hosts,
    network: { bridge, gateway, prefix, rangeStart: guestRange.start, rangeEnd: guestRange.end },
  };
}

/** The whole demo. @returns exit code: 0 only when every step held and no request failed */
export async function runDemo(options: DemoOptions): Promise<number> {
  const screen = new Screen();
  const cleanup = new Cleanup();
  const figures: Figures = { migrationDowntimeMs: null, snapshotPauseMs: null, accelerator: 'unknown' };
  let load: Load | undefined;
  let client: Client | undefined;
  let interrupted = false;
  const leave = (): void => {
    if (interrupted) return;
    interrupted = true;
    screen.say('\nInterrupted: taking everything down.');
    void cleanup.run(screen).finally(() => process.exit(130));
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);

  let ok = false;
  try {
    const lab = await screen.step(`bring up ${options.hosts} hosts`, async () => {
      cleanup.add('the lab', async () => {
        await tearDown(options.dir);
        await rm(options.dir, { recursive: true, force: true });
      });
      // A demo that was killed has left its hosts running, and they may be of another version.
      await tearDown(options.dir);
      const frontends = [{ name: 'web', port: 8080 }];
      return bringUp({ dir: options.dir, hosts: options.hosts, frontends, say: () => undefined });
    });
    const images = await buildImages(screen);
    const token = randomBytes(24).toString('base64url');
    const diecast = await screen.step('start Diecast', async () =>
      StandaloneProcess.start({
        dataDir: join(options.dir, 'diecast'),
        httpPort: await freePort(),
        grpcPort: await freePort(),
        token,
        environment: { DIECAST_HAPROXY_SOCKET: lab.haproxy.socket },
      }),
    );
    cleanup.add('Diecast', () => diecast.stop());
    const front = lab.haproxy.frontends[0]?.url ?? '';
    load = new Load(front, options.requestsPerSecond, () => screen.current);
    client = new Client(diecast.url, token);
    const story = storyOf(lab, options, {
      client,
      screen,
      load,
      front,
      images,
    });
    await tell(story, figures);
    await load.stop();
    if (options.keep) return keep(screen, diecast.url, token, front);
    await finish(story);
    ok = load.report.failed === 0;
  } catch (error) {
    screen.say(`\n${error instanceof Error ? error.message : String(error)}`);
    await keepEvidence(options.dir, client, screen);
  }
  const report = await load?.stop();
  if (!interrupted) await screen.step('take everything down', () => cleanup.run(screen));
  summarize(screen, figures, report);
  if (options.json) {
    const steps = screen.steps.map(({ name, seconds, ok: held }) => ({ name, seconds, ok: held }));
    const { accelerator, migrationDowntimeMs, snapshotPauseMs } = figures;
    const counts = { requests: report?.requests ?? 0, failedRequests: report?.failed ?? 0 };
    const line = { ok, accelerator, ...counts, steps, migrationDowntimeMs, snapshotPauseMs };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  return ok ? 0 : 1;
}

function keep(screen: Screen, url: string, token: string, front: string): Promise<number> {
  screen.say(
    `\nSwagger UI  ${url}/docs\nQueue board ${url}/queues\nToken       ${token}\nService     ${front}\n`,
  );
  screen.say('Everything keeps running; Ctrl-C takes it down.');
  return new Promise(() => setInterval(() => undefined, 60_000));
}

function summarize(screen: Screen, figures: Figures, report: Load['report'] | undefined): void {
  const milliseconds = (value: number | null): string =>
    value === null ? 'not reached' : `${value.toFixed(0)} ms`;
  screen.table([
    ['accelerator', figures.accelerator],
    ['requests sent', String(report?.requests ?? 0)],
    ['requests failed', String(report?.failed ?? 0)],
    [
      'longest wait for an answer',
      `${milliseconds(report?.longestMs ?? null)}, asked during: ${report?.longestDuring ?? ''}`,
    ],
    ['migration downtime', milliseconds(figures.migrationDowntimeMs)],
    ['snapshot pause', milliseconds(figures.snapshotPauseMs)],
  ]);
  for (const failure of report?.failures ?? []) screen.say(`  failed: ${failure}`);
}
