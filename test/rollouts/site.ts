import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type InstanceView, type OperationView } from '../../apps/demo/src/client.js';
import { freePort } from '../../apps/demo/src/ports.js';
import { StandaloneProcess } from '../../apps/demo/src/standalone-process.js';
import { bringUp, tearDown, type LabState } from '../../apps/lab/src/lab.js';
import { tinyImage, type TestImage } from '../harness/lab.js';

export type Site = {
  /** Of the lab. */
  readonly dir: string;
  readonly lab: LabState;
  readonly client: Client;
  readonly image: TestImage;
  /** Where clients ask for service `web`, and for `shop`, at the balancer. */
  readonly front: string;
  readonly shopFront: string;
  /** kill -9 of Diecast, and its start anew in the same place. */
  restartDiecast(): Promise<void>;
  close(): Promise<void>;
};

/** Diecast as it was built: what runs is what a user starts. */
const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'apps', 'standalone', 'src', 'main.js');

const FRONTENDS = [
  { name: 'web', port: 8080 },
  { name: 'shop', port: 8081 },
];

const HEALTH = {
  kind: 'http',
  port: 80,
  path: '/healthz',
  intervalSeconds: 1,
  timeoutSeconds: 2,
  successes: 1,
  failures: 2,
  startPeriodSeconds: 120,
};

/** A lab with HAProxy, Diecast as its users start it (built before), and a proven image. */
export async function openSite(name: string, hosts: number, say: (line: string) => void): Promise<Site> {
  const dir = `/var/lib/diecast-test-${name}`;
  await tearDown(dir);
  await rm(dir, { recursive: true, force: true });
  const lab = await bringUp({ dir, hosts, frontends: FRONTENDS, say: () => undefined });
  const ports = { httpPort: await freePort(), grpcPort: await freePort() };
  const token = randomBytes(24).toString('base64url');
  const start = (): Promise<StandaloneProcess> =>
    StandaloneProcess.start({
      ...ports,
      token,
      program: PROGRAM,
      dataDir: join(dir, 'diecast'),
      environment: { DIECAST_HAPROXY_SOCKET: lab.haproxy.socket },
    });
  let diecast: StandaloneProcess | undefined;
  const close = async (): Promise<void> => {
    await diecast?.stop();
    await tearDown(dir);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    diecast = await start();
    const client = new Client(diecast.url, token);
    const image = await tinyImage('v1');
    const site: Site = {
      lab,
      client,
      image,
      dir,
      front: lab.haproxy.frontends[0]?.url ?? '',
      shopFront: lab.haproxy.frontends[1]?.url ?? '',
      async restartDiecast() {
        await diecast?.kill();
        diecast = await start();
      },
      close,
    };
    await prepare(site, say);
    return site;
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare({ client, lab, image }: Site, say: (line: string) => void): Promise<void> {
  for (const { name, uri } of lab.hosts) await run(client, 'POST', '/v1/hosts', { name, uri });
  say(`${lab.hosts.length} hosts`);
  await run(client, 'POST', '/v1/images', { source: { type: 'path', path: image.folder } });
  const proof = { network: networkOf(lab), health: HEALTH, memoryMiB: 128, vcpus: 1 };
  await run(client, 'POST', `/v1/images/${image.digest}/prove`, proof);
  say('an image, proven');
}

const run = (client: Client, method: string, path: string, body: unknown): Promise<OperationView> =>
  client.run(method, path, body, () => undefined);

const networkOf = ({ network }: LabState) => ({
  kind: 'bridge',
  name: network.bridge,
  addressing: {
    mode: 'static',
    rangeStart: network.guestRange.start,
    rangeEnd: network.guestRange.end,
    prefix: network.prefix,
    gateway: network.gateway,
  },
});

export type Wish = {
  /** Default: `web`. */
  readonly service?: string;
  readonly replicas: number;
  /** Anything new: the machines are told it, so that another one is another iteration. */
  readonly mark: string;
  readonly rollout: object;
  /** Never healthy. */
  readonly broken?: boolean;
};

export const declarationOf = (
  { lab, image }: Site,
  { service = 'web', replicas, mark, rollout, broken = false }: Wish,
) => ({
  image: image.digest,
  replicas,
  machine: { vcpus: 1, memoryMiB: 128 },
  network: networkOf(lab),
  userData: { credentials: { mark } },
  health: broken ? { ...HEALTH, path: '/no-such-page', startPeriodSeconds: 12 } : HEALTH,
  rollout,
  traffic: { provider: 'haproxy', backend: service, port: 80 },
});

export type RolloutSight = {
  readonly number: number;
  readonly toIteration: number;
  readonly trigger: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly operationId: string;
};

/** The newest rollout, when it is over and it is at least the given one. */
export async function settledRollout(
  { client }: Site,
  atLeast: number,
  service = 'web',
  seconds = 300,
): Promise<RolloutSight> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    // Diecast may be away for a moment, because we killed it.
    const page = await client
      .get<{ readonly items: readonly RolloutSight[] }>(`/v1/services/${service}/rollouts?limit=1`)
      .catch(() => ({ items: [] }));
    const [newest] = page.items;
    if (newest !== undefined && newest.number >= atLeast && newest.status !== 'running') return newest;
    if (Date.now() > end)
      throw new Error(
        `rollout ${newest?.number} is ${newest?.status} after ${seconds} s (wanted: ${atLeast})`,
      );
    await sleep(100);
  }
}

export const serving = async ({ client }: Site, service = 'web'): Promise<readonly InstanceView[]> =>
  (await client.instances(service)).filter(({ inTraffic }) => inTraffic);
