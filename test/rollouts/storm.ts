import { setTimeout as sleep } from 'node:timers/promises';
import { askTheHosts } from '../../apps/demo/src/witness.js';
import { setPower } from '../../apps/lab/src/lab.js';
import type { Failure } from './load.js';
import { startLoad } from './load-process.js';
import { declarationOf, serving, settledRollout, type Site, type Wish } from './site.js';

export type StormResult = {
  readonly requests: number;
  readonly failedRequests: number;
  /** Sent to a host that we had cut off, before anybody could know. */
  readonly failedOnLostHost: number;
  readonly failures: readonly Failure[];
  readonly violations: readonly string[];
};

const REPLICAS = { web: 3, shop: 2 } as const;
const SERVICES = ['web', 'shop'] as const;
/** Until a machine's check has failed twice, and a request that hangs there has got its time-out. */
const UNTIL_KNOWN_MS = 20_000;

/**
 * Everything at once: two services roll out, one of them is rolled back in the middle, a host is drained; then both roll out
 * again, and a host loses its power in the middle, and gets it back.
 */
export async function runStorm(
  site: Site,
  requestsPerSecond: number,
  say: (line: string) => void,
): Promise<StormResult> {
  const { client } = site;
  const violations: string[] = [];
  let declared = 0;
  const put = (service: (typeof SERVICES)[number], rollout: object): Promise<unknown> => {
    declared += 1;
    const wish: Wish = { service, replicas: REPLICAS[service], mark: `storm ${declared}`, rollout };
    return client.call('PUT', `/v1/services/${service}`, declarationOf(site, wish));
  };
  const calm = async (when: string): Promise<void> => {
    for (const service of SERVICES) {
      const end = Date.now() + 180_000;
      while ((await serving(site, service)).length !== REPLICAS[service] && Date.now() < end)
        await sleep(500);
      const rollout = await settledRollout(site, 0, service);
      const machines = await serving(site, service);
      const iterations = new Set(machines.map(({ iteration }) => iteration));
      if (machines.length !== REPLICAS[service] || iterations.size !== 1)
        violations.push(
          `${when}: ${service} has ${machines.length} machines of ${iterations.size} iterations`,
        );
      say(
        `${when}: ${service} serves iteration ${[...iterations].join(', ')}, rollout ${rollout.number} ${rollout.status}`,
      );
    }
  };

  await Promise.all(SERVICES.map((service) => put(service, { maxSurge: 2 })));
  await calm('cast');
  const loads = [site.front, site.shopFront].map((url) => startLoad(url, requestsPerSecond));

  await Promise.all([
    put('web', { maxSurge: 1, standbySeconds: 600 }),
    put('shop', { strategy: 'blueGreen', bakeSeconds: 3, standbySeconds: 600 }),
    client.run('POST', `/v1/hosts/${site.lab.hosts[0]?.name}/drain`, {}, () => undefined),
    sleep(6_000).then(() => client.call('POST', '/v1/services/web/rollback', {})),
  ]);
  await calm('after two rollouts, a drain and a rollback at once');
  const onDrained = (await Promise.all(SERVICES.map((service) => serving(site, service))))
    .flat()
    .filter(({ host }) => host === site.lab.hosts[0]?.name);
  if (onDrained.length > 0) violations.push(`${onDrained.length} machines are on the drained host`);
  await client.post(`/v1/hosts/${site.lab.hosts[0]?.name}/uncordon`);

  await Promise.all([
    put('web', { strategy: 'canary', maxSurge: 1, steps: [{ weight: 34, pauseSeconds: 3 }] }),
    put('shop', { maxSurge: 1 }),
  ]);
  await sleep(5_000);
  const lost = site.lab.hosts[1]?.name ?? '';
  const lostAt = Date.now();
  await setPower(site.dir, lost, 'off');
  say(`host ${lost} has lost its power`);
  await calm('with a host lost in the middle');
  await setPower(site.dir, lost, 'on');
  await sleep(30_000);
  await calm('with the host back');

  const seen = await Promise.all(loads.map((load) => load.stop()));
  await untilHostsAgree(site).catch((error: unknown) => violations.push(String(error)));
  const all = seen.flatMap(({ failures }) => failures);
  const isOnLost = ({ startedAt, endedAt }: Failure): boolean =>
    endedAt >= lostAt && startedAt <= lostAt + UNTIL_KNOWN_MS;
  const failures = all.filter((each) => !isOnLost(each));
  return {
    requests: seen.reduce((sum, { requests }) => sum + requests, 0),
    failedRequests: failures.length,
    failedOnLostHost: all.length - failures.length,
    failures: failures.slice(0, 20),
    violations,
  };
}

/** What the host that was away still had is cleared away a moment after it is back. */
async function untilHostsAgree({ client, lab }: Site): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      await askTheHosts(client, lab.hosts);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(1_000);
    }
  }
}
