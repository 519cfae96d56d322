import { setTimeout as sleep } from 'node:timers/promises';
import { askTheHosts } from '../../apps/demo/src/witness.js';
import type { OperationView } from '../../apps/demo/src/client.js';
import { qemuOf } from '../harness/qemu-process.js';
import { randomFrom } from '../harness/rollout-world.js';
import type { Failure } from './load.js';
import { startLoad } from './load-process.js';
import { declarationOf, serving, settledRollout, type Site } from './site.js';

export type CampaignWish = {
  /** Machines replaced, at least. */
  readonly replacements: number;
  readonly rollbacks: number;
  /** Iterations that never get healthy. */
  readonly bad: number;
  /** Of QEMU, and as many of Diecast. */
  readonly kills: number;
  readonly replicas: number;
  readonly requestsPerSecond: number;
  readonly seed: number;
};

export type CampaignResult = {
  readonly replacements: number;
  readonly rollbacks: number;
  readonly bad: number;
  readonly kills: number;
  readonly requests: number;
  readonly failedRequests: number;
  /** Under way on a machine that we killed, or sent to it before anybody could know. */
  readonly failedOnKilled: number;
  readonly failures: readonly Failure[];
  readonly violations: readonly string[];
  /** From the request to the last one that another iteration answered, within the window. */
  readonly rollbackSeconds: readonly number[];
};

type Deed = 'replace' | 'rollBack' | 'break' | 'killQemu' | 'killDiecast';

const STANDBY = { standbySeconds: 600 };
const STRATEGIES = [
  { strategy: 'rolling', maxSurge: 1 },
  { strategy: 'rolling', maxSurge: 3 },
  { strategy: 'blueGreen' },
  { strategy: 'canary', maxSurge: 1, steps: [{ weight: 30, pauseSeconds: 2 }] },
] as const;

/** As long as a request may be sent to a machine that is dead: until its check has failed twice, and to time out there. */
const AFTER_A_KILL_MS = 15_000;
const BEFORE_A_KILL_MS = 2_000;

/** Rollouts of every kind, one after the other, with kills in the middle, under load that never stops. */
export async function runCampaign(
  site: Site,
  wish: CampaignWish,
  say: (line: string) => void,
): Promise<CampaignResult> {
  const { client } = site;
  const random = randomFrom(wish.seed);
  const killedAt: number[] = [];
  const violations: string[] = [];
  const rollbackSeconds: number[] = [];
  let declared = 0;
  let replaced = 0;
  const rollouts = async (): Promise<number> => (await settledRollout(site, 0)).number;

  const put = (rollout: object, broken = false): Promise<OperationView> => {
    declared += 1;
    const body = declarationOf(site, { replicas: wish.replicas, mark: `${declared}`, rollout, broken });
    return client.call<OperationView>('PUT', '/v1/services/web', body);
  };
  const expectEnd = async (number: number, status: string): Promise<void> => {
    const end = await settledRollout(site, number);
    if (end.status !== status || (end.number !== number && status !== 'succeeded'))
      violations.push(
        `rollout ${end.number} (wanted ${number} ${status}) is ${end.status}: ${end.statusReason}`,
      );
  };

  const strategy = (): object => ({
    ...STRATEGIES[Math.floor(random() * STRATEGIES.length)],
    ...STANDBY,
    drainSeconds: 5,
  });
  const deeds: Readonly<Record<Deed, () => Promise<void>>> = {
    async replace() {
      const before = await rollouts();
      await put(strategy());
      await expectEnd(before + 1, 'succeeded');
      replaced += wish.replicas;
    },
    async rollBack() {
      const before = await rollouts();
      const from = (await serving(site))[0]?.iteration;
      const sentAt = Date.now();
      await client.call('POST', '/v1/services/web/rollback', {});
      await expectEnd(before + 1, 'succeeded');
      const { lastSent } = await load.look();
      rollbackSeconds.push(Math.max(0, (lastSent[String(from)] ?? 0) - sentAt) / 1000);
      replaced += wish.replicas;
    },
    async break() {
      const before = await rollouts();
      await put({ ...STANDBY, maxSurge: 3, progressDeadlineSeconds: 10, drainSeconds: 1 }, true);
      // The rollout that brings everything back by itself comes after it.
      await expectEnd(before + 2, 'succeeded');
      const { answered } = await load.look();
      const page = await client.get<{ readonly items: readonly { readonly toIteration: number }[] }>(
        '/v1/services/web/rollouts?limit=2',
      );
      const bad = String(page.items[1]?.toIteration);
      if (answered[bad] !== undefined)
        violations.push(`iteration ${bad} is broken and answered ${answered[bad]} requests`);
    },
    async killQemu() {
      const before = await rollouts();
      await put(strategy());
      await sleep(random() * 8_000);
      const machines = await serving(site);
      const victim = machines[Math.floor(random() * machines.length)];
      if (victim === undefined) throw new Error('no machine serves');
      killedAt.push(Date.now());
      process.kill(qemuOf(victim.id), 'SIGKILL');
      // On trial it ends the rollout, else it is replaced on the way.
      const end = await settledRollout(site, before + 1);
      if (end.status === 'failed') violations.push(`rollout ${end.number} failed: ${end.statusReason}`);
    },
    async killDiecast() {
      const before = await rollouts();
      await put(strategy());
      await sleep(random() * 8_000);
      await site.restartDiecast();
      await expectEnd(before + 1, 'succeeded');
      replaced += wish.replicas;
    },
  };

  await put({ maxSurge: 3 });
  await settledRollout(site, 1);
  const load = startLoad(site.front, wish.requestsPerSecond);
  for (const deed of orderOf(wish, random)) {
    const started = Date.now();
    await deeds[deed]();
    const machines = await serving(site);
    if (machines.length < wish.replicas) {
      // What was killed is replaced a moment after the rollout.
      await sleep(AFTER_A_KILL_MS);
      const now = (await serving(site)).length;
      if (now !== wish.replicas) violations.push(`${now} machines serve after ${deed}, not ${wish.replicas}`);
    }
    const { requests, failures } = await load.look();
    say(
      `${deed.padEnd(12)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s   ${requests} requests, ${failures.length} failed`,
    );
  }
  const seen = await load.stop();
  await sleep(2_000);
  await askTheHosts(client, site.lab.hosts).catch((error: unknown) => violations.push(String(error)));
  const isOnKilled = ({ startedAt, endedAt }: Failure): boolean =>
    killedAt.some(
      (at) => endedAt >= at && startedAt <= at + AFTER_A_KILL_MS && startedAt >= at - BEFORE_A_KILL_MS,
    );
  const failures = seen.failures.filter((each) => !isOnKilled(each));
  say(`rollbacks took ${rollbackSeconds.map((each) => each.toFixed(2)).join(', ')} s`);
  return {
    replacements: replaced,
    rollbacks: wish.rollbacks,
    bad: wish.bad,
    kills: wish.kills * 2,
    requests: seen.requests,
    failedRequests: failures.length,
    failedOnKilled: seen.failures.length - failures.length,
    failures: failures.slice(0, 20),
    violations,
    rollbackSeconds,
  };
}

/** As many of each as are wanted, shuffled; a rollback has something to go back to, and a window to do it in. */
function orderOf(wish: CampaignWish, random: () => number): readonly Deed[] {
  const times = (count: number, deed: Deed): Deed[] => Array.from({ length: count }, () => deed);
  const byOthers = wish.rollbacks + wish.kills;
  const rest = Math.max(1, Math.ceil(wish.replacements / wish.replicas) - byOthers);
  const all = [
    ...times(rest, 'replace'),
    ...times(wish.rollbacks, 'rollBack'),
    ...times(wish.bad, 'break'),
    ...times(wish.kills, 'killQemu'),
    ...times(wish.kills, 'killDiecast'),
  ];
  const shuffled = all.map((deed) => ({ deed, at: random() })).sort((a, b) => a.at - b.at);
  return ['replace', ...shuffled.map(({ deed }) => deed)];
}
