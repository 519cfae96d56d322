import { setTimeout as sleep } from 'node:timers/promises';
import { DemoFailure, type Client, type InstanceView, type OperationView } from './client.js';
import { fetchOnce, type Load } from './load.js';
import type { Screen } from './screen.js';
import { askTheHosts } from './witness.js';

export type Story = {
  readonly client: Client;
  readonly screen: Screen;
  readonly load: Load;
  readonly replicas: number;
  /** Service address that clients use, at the balancer. */
  readonly front: string;
  readonly hosts: readonly { readonly name: string; readonly uri: string; readonly localUri: string }[];
  readonly network: {
    readonly bridge: string;
    readonly rangeStart: string;
    readonly rangeEnd: string;
    readonly prefix: number;
    readonly gateway: string;
  };
  /** Folders of image builds, older first, then the broken one. */
  readonly images: { readonly first: string; readonly second: string; readonly broken: string };
};

export type Figures = {
  migrationDowntimeMs: number | null;
  snapshotPauseMs: number | null;
  accelerator: string;
};

const health = {
  kind: 'http',
  port: 80,
  path: '/healthz',
  intervalSeconds: 1,
  timeoutSeconds: 2,
  successes: 1,
  failures: 3,
  startPeriodSeconds: 60,
};

const networkOf = (story: Story): unknown => ({
  kind: 'bridge',
  name: story.network.bridge,
  addressing: {
    mode: 'static',
    rangeStart: story.network.rangeStart,
    rangeEnd: story.network.rangeEnd,
    prefix: story.network.prefix,
    gateway: story.network.gateway,
  },
});

/** What is replaced waits in memory for so long: going back wakes it. */
const WINDOW_SECONDS = 300;

const machine = { vcpus: 1, memoryMiB: 128, firmware: 'bios', cpu: 'portable' };

const specOf = (
  story: Story,
  image: string,
  {
    check = health,
    patienceSeconds = 120,
    standbySeconds = 0,
  }: {
    readonly check?: object;
    readonly patienceSeconds?: number;
    readonly standbySeconds?: number;
  } = {},
): unknown => ({
  image,
  replicas: story.replicas,
  machine,
  network: networkOf(story),
  health: check,
  rollout: {
    strategy: 'rolling',
    maxSurge: 1,
    maxUnavailable: 0,
    progressDeadlineSeconds: patienceSeconds,
    drainSeconds: 10,
    automaticRollback: true,
    standbySeconds,
  },
  traffic: { provider: 'haproxy', backend: 'web', port: 80 },
});

type Served = { readonly instance: string; readonly iteration: string | number; readonly version: string };
const ask = async (url: string): Promise<Served> => JSON.parse((await fetchOnce(url)).body) as Served;

function number(operation: OperationView, name: string): number {
  const value = operation.result?.[name];
  if (typeof value === 'number') return value;
  throw new DemoFailure(
    `${operation.kind} has no "${name}" in its result: ${JSON.stringify(operation.result)}`,
  );
}

async function importAndProve(story: Story, label: string, folder: string): Promise<string> {
  const { client, screen } = story;
  const digest = await screen.step(
    `import image ${label}`,
    async (onProgress) => {
      const done = await client.run(
        'POST',
        '/v1/images',
        { source: { type: 'path', path: folder } },
        onProgress,
      );
      return String(done.result?.['digest']);
    },
    (value) => `${value.slice(0, 19)}…`,
  );
  await screen.step(
    `prove image ${label}`,
    (onProgress) =>
      client.run(
        'POST',
        `/v1/images/${digest}/prove`,
        { network: networkOf(story), health, memoryMiB: 128, vcpus: 1 },
        onProgress,
      ),
    () => 'booted once, healthy, evidence recorded',
  );
  return digest;
}

async function rollOut(story: Story, label: string, image: string): Promise<void> {
  await story.screen.step(
    label,
    (onProgress) =>
      story.client.run(
        'PUT',
        '/v1/services/web',
        specOf(story, image, { standbySeconds: WINDOW_SECONDS }),
        onProgress,
      ),
    (done) => done.progress.message,
  );
}

async function expectVersion(story: Story, version: string): Promise<void> {
  const answers = await Promise.all(Array.from({ length: story.replicas * 3 }, () => ask(story.front)));
  const others = answers.filter((answer) => answer.version !== version);
  if (others.length > 0)
    throw new DemoFailure(`expected only version ${version}, but ${JSON.stringify(others[0])} answered.`);
}

async function register(story: Story, figures: Figures): Promise<void> {
  await story.screen.step(
    'register hosts, find their accelerator by booting',
    async (onProgress) => {
      for (const host of story.hosts)
        await story.client.run('POST', '/v1/hosts', { name: host.name, uri: host.uri }, onProgress);
      const page = await story.client.get<{ items: readonly { facts: { accelerator: string } | null }[] }>(
        '/v1/hosts',
      );
      figures.accelerator = [...new Set(page.items.map((host) => host.facts?.accelerator ?? 'unknown'))].join(
        ', ',
      );
      return page.items.length;
    },
    (count) => `${count} hosts, accelerator ${figures.accelerator}`,
  );
}

async function pick(story: Story): Promise<InstanceView & { readonly address: string }> {
  const [instance] = (await story.client.instances('web')).filter((each) => each.status === 'available');
  if (instance?.address == null) throw new DemoFailure('no instance of web is available.');
  return { ...instance, address: instance.address };
}

async function snapshotAndRestore(story: Story, figures: Figures): Promise<void> {
  const { client, screen } = story;
  const instance = await pick(story);
  await fetch(`http://${instance.address}/data`, { method: 'PUT', body: 'cast in memory' });
  const taken = await screen.step(
    'snapshot of a running machine, disk and memory',
    async (onProgress) =>
      client.run(
        'POST',
        `/v1/instances/${instance.id}/snapshots`,
        { name: 'demo', withMemory: true },
        onProgress,
      ),
    (done) => `pause ${number(done, 'pauseMilliseconds').toFixed(0)} ms`,
  );
  figures.snapshotPauseMs = number(taken, 'pauseMilliseconds');
  const snapshotId = String(taken.result?.['snapshotId']);
  await screen.step(
    'restore it as a new machine',
    async (onProgress) => {
      const restored = await client.run('POST', `/v1/snapshots/${snapshotId}/restore`, {}, onProgress);
      const id = String(restored.result?.['instanceId']);
      const view = await client.get<InstanceView>(`/v1/instances/${id}`);
      const answer = await ask(`http://${view.address}/`);
      const data = (await fetchOnce(`http://${view.address}/data`)).body;
      if (answer.instance !== id)
        throw new DemoFailure(`the restored machine says it is ${answer.instance}, not ${id}.`);
      if (data !== 'cast in memory')
        throw new DemoFailure(`the restored machine forgot what it had in memory: "${data}".`);
      return view;
    },
    (view) => `own identity at ${view.address}, memory kept`,
  );
  await screen.step('delete the snapshot', (onProgress) =>
    client.run('DELETE', `/v1/snapshots/${snapshotId}`, undefined, onProgress),
  );
}

async function migrate(story: Story, figures: Figures): Promise<void> {
  const instance = await pick(story);
  await fetch(`http://${instance.address}/load?mibPerSecond=4&mib=16`, { method: 'POST' });
  const done = await story.screen.step(
    'live migration of a busy machine to another host',
    (onProgress) => story.client.run('POST', `/v1/instances/${instance.id}/migrate`, {}, onProgress),
    (operation) =>
      `${instance.host} → ${String(operation.result?.['host'])}, downtime ${number(operation, 'downtimeMs').toFixed(0)} ms`,
  );
  await fetch(`http://${instance.address}/load?mibPerSecond=0&mib=0`, { method: 'POST' });
  figures.migrationDowntimeMs = number(done, 'downtimeMs');
}

async function drain(story: Story): Promise<void> {
  const { client, screen } = story;
  const { host } = await pick(story);
  await screen.step(
    `drain host ${host}`,
    async (onProgress) => {
      await client.run('POST', `/v1/hosts/${host}/drain`, {}, onProgress);
      const left = (await client.instances('web')).filter((instance) => instance.host === host);
      if (left.length > 0) throw new DemoFailure(`${left.length} machines are still on ${host}.`);
      await client.post(`/v1/hosts/${host}/uncordon`);
    },
    () => 'empty, then put back to work',
  );
}

async function refuseBroken(story: Story): Promise<void> {
  const { client, screen } = story;
  await screen.step(
    'a broken image is not proven, so no service gets it',
    async (onProgress) => {
      const done = await client.run(
        'POST',
        '/v1/images',
        { source: { type: 'path', path: story.images.broken } },
        onProgress,
      );
      const digest = String(done.result?.['digest']);
      const refusal = await client
        .run('PUT', '/v1/services/web', specOf(story, digest), onProgress)
        .catch((error: unknown) => String(error));
      if (typeof refusal !== 'string' || !refusal.includes('image_unproven'))
        throw new DemoFailure(`expected image_unproven, got ${JSON.stringify(refusal)}`);
    },
    () => 'refused: image_unproven',
  );
}

/** A check that can never pass: the new machines never count, and the service returns by itself. */
async function comeBack(story: Story, image: string): Promise<void> {
  const { client, screen } = story;
  const hopeless = {
    check: { ...health, path: '/no-such-page', startPeriodSeconds: 15 },
    patienceSeconds: 30,
  };
  await screen.step(
    'an iteration that never becomes healthy is rolled back by itself',
    async (onProgress) => {
      const started = await client.call<OperationView>(
        'PUT',
        '/v1/services/web',
        specOf(story, image, hopeless),
      );
      const end = await client.follow(started.id, onProgress).catch((error: unknown) => String(error));
      if (typeof end !== 'string') throw new DemoFailure('the broken iteration was taken for a good one.');
      const { items } = await client.get<{ items: readonly { operationId: string; trigger: string }[] }>(
        '/v1/services/web/rollouts',
      );
      const [back] = items;
      if (back?.trigger !== 'automaticRollback')
        throw new DemoFailure(`expected a rollback by itself, found "${back?.trigger}".`);
      return client.follow(back.operationId, onProgress);
    },
    (done) => done.progress.message,
  );
}

const witness = (story: Story, when: string, expected: number): Promise<unknown> =>
  story.screen.step(
    `virsh on every host agrees with the API ${when}`,
    async () => {
      const count = await askTheHosts(story.client, story.hosts);
      if (count !== expected) throw new DemoFailure(`expected ${expected} machines, found ${count}.`);
      return count;
    },
    (count) => `${count} machines`,
  );

/** The main job from the first host to the empty lab. Throws at the first thing that does not hold. */
export async function tell(story: Story, figures: Figures): Promise<void> {
  await register(story, figures);
  const first = await importAndProve(story, 'v1', story.images.first);
  const second = await importAndProve(story, 'v2', story.images.second);
  await rollOut(story, `cast ${story.replicas} machines of iteration 1`, first);
  story.load.start();
  await expectVersion(story, '1');
  await rollOut(story, 'replace them by iteration 2 under load', second);
  await expectVersion(story, '2');
  await story.screen.step(
    'roll back to iteration 1 under load: its machines wait in memory',
    (onProgress) => story.client.run('POST', '/v1/services/web/rollback', {}, onProgress),
    (done) => done.progress.message,
  );
  await expectVersion(story, '1');
  await comeBack(story, first);
  await expectVersion(story, '1');
  await refuseBroken(story);
  await snapshotAndRestore(story, figures);
  await migrate(story, figures);
  await drain(story);
  // The restored machine is an extra, beside the replicas.
  await witness(story, 'at the end', story.replicas + 1);
  await sleep(1000);
}

/** The service goes, and with it every machine and file. The load has stopped before. */
export async function finish(story: Story): Promise<void> {
  await story.screen.step('delete the service', (onProgress) =>
    story.client.run('DELETE', '/v1/services/web', undefined, onProgress),
  );
  await witness(story, 'when the service is gone', 0);
}
