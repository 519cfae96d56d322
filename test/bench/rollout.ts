import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../rollouts/load-process.js';
import { declarationOf, openSite, serving, settledRollout, type Site } from '../rollouts/site.js';
import type { Bench, BenchOptions } from './bench.js';
import { bareFleet } from './rollout/bare.js';
import { geometricMean, median, round2 } from './rounds.js';

const HOSTS = 3;
const REQUESTS_PER_SECOND = 50;
const WINDOW = { standbySeconds: 600, drainSeconds: 5 };

/**
 * One replacement and a rollout of six, each against the same work done by hand: `virsh create` of ready domains, a look
 * ten times a second, HAProxy's socket, `virsh destroy`. Then the way back within its window, as a client sees it.
 */
export const rolloutBench: Bench = {
  summary: 'a replacement, a rollout of six and a rollback, against virsh and HAProxy by hand',
  async run(options) {
    const site = await openSite('bench', HOSTS, options.say);
    try {
      return await measure(site, options);
    } finally {
      await site.close();
    }
  },
};

async function measure(
  site: Site,
  { rounds, say }: BenchOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const ratios: Record<string, number> = {};
  let mark = 0;
  const roll = async (replicas: number, rollout: object): Promise<number> => {
    const before = (await settledRollout(site, 0)).number;
    const begun = performance.now();
    mark += 1;
    await site.client.call(
      'PUT',
      '/v1/services/web',
      declarationOf(site, { replicas, mark: `${mark}`, rollout }),
    );
    const end = await settledRollout(site, before + 1);
    if (end.status !== 'succeeded')
      throw new Error(`rollout ${end.number} ${end.status}: ${end.statusReason}`);
    return (performance.now() - begun) / 1000;
  };
  await site.client.call(
    'PUT',
    '/v1/services/web',
    declarationOf(site, { replicas: 1, mark: 'first', rollout: {} }),
  );
  await settledRollout(site, 1);
  const load = startLoad(site.front, REQUESTS_PER_SECOND);
  const bare = await bareFleet(site);

  for (const replicas of [1, 6]) {
    if (replicas !== 1) await roll(replicas, { maxSurge: replicas });
    const ours: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const floor = await bare.replace(replicas);
      const own = await roll(replicas, { maxSurge: replicas, drainSeconds: WINDOW.drainSeconds });
      if (round > 0) {
        floors.push(floor);
        ours.push(own);
      }
    }
    ratios[replicas] = round2(median(ours) / median(floors));
    say(
      `${replicas} at once: by hand ${median(floors).toFixed(2)} s, Diecast ${median(ours).toFixed(2)} s, ${ratios[replicas]} x`,
    );
  }

  const back: number[] = [];
  await roll(6, { maxSurge: 6, ...WINDOW });
  for (let round = 0; round < rounds; round += 1) back.push(await rollBack(site, load));
  say(`back within the window: ${back.map((each) => each.toFixed(2)).join(', ')} s`);
  await bare.close();
  const { requests, failures } = await load.stop();
  for (const { reason } of failures) say(`failed: ${reason}`);
  return {
    ratioToFloor: round2(geometricMean(Object.values(ratios))),
    ratios,
    rollbackSeconds: round2(median(back)),
    rollbackWorstSeconds: round2(Math.max(...back)),
    requests,
    failedRequests: failures.length,
    accelerator: await acceleratorOf(site),
  };
}

/** As Diecast has found it, by booting. */
async function acceleratorOf({ client }: Site): Promise<string> {
  const { items } = await client.get<{
    readonly items: readonly { readonly facts: { readonly accelerator: string } | null }[];
  }>('/v1/hosts');
  return [...new Set(items.map(({ facts }) => facts?.accelerator ?? 'unknown'))].join(', ');
}

/** From the request until the last request was sent that the iteration left behind has answered. */
async function rollBack(site: Site, load: ReturnType<typeof startLoad>): Promise<number> {
  const from = String((await serving(site))[0]?.iteration);
  const before = (await settledRollout(site, 0)).number;
  const sentAt = Date.now();
  await site.client.call('POST', '/v1/services/web/rollback', {});
  await settledRollout(site, before + 1);
  await sleep(1_000);
  const { lastSent } = await load.look();
  return Math.max(0, (lastSent[from] ?? 0) - sentAt) / 1000;
}
